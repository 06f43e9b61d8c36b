CREATE TABLE staff (id bigint PRIMARY KEY, name varchar(40) NOT NULL);
CREATE VIEW staff_names AS SELECT id, name FROM staff;
