BEGIN;
SET LOCAL lock_timeout = '2000ms';
ALTER TABLE users ADD COLUMN nickname text;
COMMIT;
