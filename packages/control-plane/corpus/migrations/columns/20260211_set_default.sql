SET lock_timeout = '2s';
ALTER TABLE orders ALTER COLUMN currency SET DEFAULT 'USD';
ALTER TABLE orders ALTER COLUMN user_id DROP NOT NULL;
