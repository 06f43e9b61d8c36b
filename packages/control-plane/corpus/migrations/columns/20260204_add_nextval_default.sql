SET lock_timeout = '2s';
CREATE SEQUENCE order_number_seq;
ALTER TABLE orders ADD COLUMN order_number bigint DEFAULT nextval('order_number_seq');
