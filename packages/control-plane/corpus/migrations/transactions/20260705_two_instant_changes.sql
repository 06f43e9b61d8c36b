SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '10s';
ALTER TABLE users ADD COLUMN time_zone text;
ALTER TABLE users ADD CONSTRAINT users_time_zone_known CHECK (time_zone ~ '^[A-Z][A-Za-z_/]+$') NOT VALID;
