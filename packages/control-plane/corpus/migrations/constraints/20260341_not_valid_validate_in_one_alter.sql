SET lock_timeout = '2s';
ALTER TABLE order_items
  ADD CONSTRAINT order_items_quantity_positive CHECK (quantity > 0) NOT VALID,
  VALIDATE CONSTRAINT order_items_quantity_positive;
