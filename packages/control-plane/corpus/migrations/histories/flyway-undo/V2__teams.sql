CREATE TABLE teams (id bigint PRIMARY KEY, lead_id bigint REFERENCES staff (id));
