SET lock_timeout = '2s';
ALTER TABLE order_items ADD CONSTRAINT order_items_positive CHECK (quantity > 0) NOT VALID;
ALTER TABLE order_items VALIDATE CONSTRAINT order_items_positive;
