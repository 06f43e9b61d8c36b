-- 注文一覧の絞り込み用。オンラインで作成する。
CREATE INDEX CONCURRENTLY idx_orders_user_id ON orders (user_id);
