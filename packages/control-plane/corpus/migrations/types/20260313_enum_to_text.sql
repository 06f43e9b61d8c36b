SET lock_timeout = '2s';
ALTER TABLE orders ALTER COLUMN shipping TYPE text USING shipping::text;
