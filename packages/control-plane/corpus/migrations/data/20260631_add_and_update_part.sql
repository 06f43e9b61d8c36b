SET lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN size text DEFAULT 'small';
UPDATE orders SET size = 'large' WHERE total > 100;
