LOCK TABLE orders IN ACCESS SHARE MODE;
CREATE TABLE order_totals AS SELECT organization_id, sum(total) AS total FROM orders GROUP BY 1;
