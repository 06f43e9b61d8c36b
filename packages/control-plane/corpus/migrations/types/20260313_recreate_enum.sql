BEGIN;
SET LOCAL lock_timeout = '2s';
UPDATE orders SET shipping = 'yamato' WHERE shipping = 'post';
ALTER TYPE shipping_method RENAME TO shipping_method_old;
CREATE TYPE shipping_method AS ENUM ('yamato', 'sagawa');
ALTER TABLE orders ALTER COLUMN shipping TYPE shipping_method USING shipping::text::shipping_method;
DROP TYPE shipping_method_old;
COMMIT;
