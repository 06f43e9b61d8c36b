CREATE TABLE staff (id bigserial PRIMARY KEY, name text NOT NULL);
