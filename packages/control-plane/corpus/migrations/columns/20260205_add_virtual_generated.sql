SET lock_timeout = '2s';
ALTER TABLE order_items ADD COLUMN amount numeric(12,2) GENERATED ALWAYS AS (quantity * price) VIRTUAL;
