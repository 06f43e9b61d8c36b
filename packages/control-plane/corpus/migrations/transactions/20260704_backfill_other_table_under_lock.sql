BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE users ADD COLUMN marketing_consent boolean;
UPDATE order_items SET price = 1 WHERE price IS NULL OR price >= 0;
COMMIT;
