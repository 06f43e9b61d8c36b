SET lock_timeout = '2s';
ALTER TABLE products ALTER COLUMN metadata TYPE jsonb USING metadata::jsonb;
