SET lock_timeout = '2s';
ALTER TABLE invoices ADD COLUMN stamped_at timestamptz DEFAULT (timeofday()::timestamptz);
