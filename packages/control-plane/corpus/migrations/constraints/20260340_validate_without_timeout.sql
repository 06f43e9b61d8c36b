SET statement_timeout = 0;
ALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_fkey;
COMMENT ON CONSTRAINT orders_user_id_fkey ON orders IS '検証済み';
