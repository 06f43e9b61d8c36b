-- 20260301_add_foreign_key_not_valid のリリース後に実行
ALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_fkey;
