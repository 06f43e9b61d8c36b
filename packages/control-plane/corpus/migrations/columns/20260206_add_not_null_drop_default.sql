SET lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN tax_rate numeric(4,2) NOT NULL DEFAULT 10;
ALTER TABLE orders ALTER COLUMN tax_rate DROP DEFAULT;
