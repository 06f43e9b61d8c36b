BEGIN;
SET lock_timeout = '2s';
ROLLBACK;
ALTER TABLE users ADD COLUMN nickname text;
