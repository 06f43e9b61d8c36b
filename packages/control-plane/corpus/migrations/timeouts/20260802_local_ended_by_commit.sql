BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE products ADD COLUMN weight integer;
COMMIT;
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
COMMIT;
