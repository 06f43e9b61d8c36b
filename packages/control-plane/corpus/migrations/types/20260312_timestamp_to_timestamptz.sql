SET lock_timeout = '2s';
SET timezone = 'Asia/Tokyo';
ALTER TABLE users ALTER COLUMN last_login_at TYPE timestamptz;
