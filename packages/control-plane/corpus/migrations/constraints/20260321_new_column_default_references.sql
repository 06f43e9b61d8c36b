SET lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN plan text NOT NULL DEFAULT 'free' REFERENCES plans (code);
