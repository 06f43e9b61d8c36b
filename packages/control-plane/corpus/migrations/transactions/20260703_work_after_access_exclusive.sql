SET lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN gift boolean NOT NULL DEFAULT false;
CREATE INDEX payments_order_id_idx ON payments (order_id);
