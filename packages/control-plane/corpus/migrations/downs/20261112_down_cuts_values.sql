-- migrate:up
SET lock_timeout = '2s';
ALTER TABLE products ALTER COLUMN sku TYPE text;

-- migrate:down
SET lock_timeout = '2s';
ALTER TABLE products ALTER COLUMN sku TYPE varchar(50) USING left(sku, 50);
