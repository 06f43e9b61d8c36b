SET statement_timeout = 0; -- index builds may take long; nobody waits for them
CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);
CREATE INDEX CONCURRENTLY orders_coupon_idx ON orders (coupon_code) WHERE coupon_code IS NOT NULL;
RESET statement_timeout;
