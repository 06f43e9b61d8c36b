-- A first attempt may have left an invalid index behind.
DROP INDEX CONCURRENTLY IF EXISTS order_items_sku_idx;
CREATE INDEX CONCURRENTLY order_items_sku_idx ON order_items (sku);
