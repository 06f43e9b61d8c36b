CREATE TABLE staff (id bigint PRIMARY KEY, state text NOT NULL, CONSTRAINT staff_state CHECK (state IN ('a', 'b')));
