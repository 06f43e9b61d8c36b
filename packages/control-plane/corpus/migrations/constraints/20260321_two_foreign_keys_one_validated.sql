SET lock_timeout = '2s';
ALTER TABLE payments
  ADD CONSTRAINT payments_order_fk FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID,
  ADD CONSTRAINT payments_positive CHECK (amount > 0);
