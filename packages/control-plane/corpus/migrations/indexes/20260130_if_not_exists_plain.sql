CREATE INDEX IF NOT EXISTS idx_payments_order_id ON payments(order_id);
