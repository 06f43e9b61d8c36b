CREATE TABLE staff (id bigint PRIMARY KEY, name text NOT NULL);
