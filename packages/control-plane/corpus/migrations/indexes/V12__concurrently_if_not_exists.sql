-- リトライできるように IF NOT EXISTS を付ける
CREATE INDEX CONCURRENTLY IF NOT EXISTS order_items_sku_idx ON order_items (sku);
