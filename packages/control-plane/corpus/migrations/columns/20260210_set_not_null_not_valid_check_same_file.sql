SET lock_timeout = '2s';
ALTER TABLE orders ADD CONSTRAINT orders_user_id_present CHECK (user_id IS NOT NULL) NOT VALID;
ALTER TABLE orders ALTER COLUMN user_id SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT orders_user_id_present;
