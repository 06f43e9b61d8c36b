SET lock_timeout = '2s';
ALTER TABLE order_items ALTER COLUMN sku TYPE varchar(20);
