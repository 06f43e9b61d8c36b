ALTER TYPE order_status ADD VALUE 'refunded';
UPDATE orders SET status = 'refunded' WHERE status = 'cancelled' AND note LIKE '%返金%';
ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'refunded';
