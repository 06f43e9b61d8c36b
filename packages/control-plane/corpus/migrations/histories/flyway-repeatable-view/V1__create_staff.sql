CREATE TABLE staff (id bigint PRIMARY KEY, name text NOT NULL, active boolean NOT NULL);
CREATE VIEW active_staff AS SELECT id, name FROM staff WHERE active;
