SET lock_timeout = '2s';
ALTER TABLE users ALTER COLUMN legacy_name SET DEFAULT gen_random_uuid()::text;
