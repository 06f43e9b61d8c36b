CREATE MATERIALIZED VIEW top_products AS SELECT sku, count(*) AS n FROM order_items GROUP BY sku;
CREATE UNIQUE INDEX top_products_sku ON top_products (sku);
