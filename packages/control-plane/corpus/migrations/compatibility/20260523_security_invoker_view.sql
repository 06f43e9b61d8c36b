CREATE VIEW order_overview WITH (security_invoker = true) AS
  SELECT o.id, o.status, o.total, u.email FROM orders o LEFT JOIN users u ON u.id = o.user_id;
GRANT SELECT ON order_overview TO readonly;
