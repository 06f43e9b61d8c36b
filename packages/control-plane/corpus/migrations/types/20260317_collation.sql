SET lock_timeout = '2s';
ALTER TABLE users ALTER COLUMN legacy_name TYPE text COLLATE "C";
