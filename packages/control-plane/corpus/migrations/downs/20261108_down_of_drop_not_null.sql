-- migrate:up
SET lock_timeout = '2s';
ALTER TABLE orders ALTER COLUMN currency SET DEFAULT 'USD';

-- migrate:down
SET lock_timeout = '2s';
ALTER TABLE orders ALTER COLUMN currency SET DEFAULT 'JPY';
