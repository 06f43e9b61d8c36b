SET lock_timeout = '2s';
CREATE TABLE warehouses (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
ALTER TABLE orders ADD COLUMN warehouse_id bigint;
ALTER TABLE orders ADD CONSTRAINT orders_warehouse_fk FOREIGN KEY (warehouse_id) REFERENCES warehouses (id) NOT VALID;
