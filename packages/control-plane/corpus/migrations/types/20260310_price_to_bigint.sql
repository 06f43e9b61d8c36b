ALTER TABLE products ALTER COLUMN price_cents SET DATA TYPE bigint;
