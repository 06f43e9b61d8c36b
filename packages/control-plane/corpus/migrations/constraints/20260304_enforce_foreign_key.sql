SET lock_timeout = '2s';
ALTER TABLE payments ALTER CONSTRAINT payments_order_fk ENFORCED;
