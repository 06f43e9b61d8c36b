SET lock_timeout = '1s';
CREATE INDEX orders_created_at_brin ON orders USING brin (created_at) WITH (pages_per_range = 64);
