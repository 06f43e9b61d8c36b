SET lock_timeout = '2s';
ALTER TABLE staff ADD CONSTRAINT staff_state_v2 CHECK (state IN ('a', 'b', 'c')) NOT VALID;
ALTER TABLE staff DROP CONSTRAINT staff_state;
