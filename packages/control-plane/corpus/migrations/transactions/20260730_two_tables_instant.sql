SET LOCAL lock_timeout = '1s';
ALTER TABLE users ADD COLUMN deactivated_at timestamptz;
ALTER TABLE orders ADD COLUMN deactivated_at timestamptz;
