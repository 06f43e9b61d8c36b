CREATE MATERIALIZED VIEW monthly_payments AS
  SELECT date_trunc('month', created_at) AS month, sum(amount) AS amount FROM payments GROUP BY 1
  WITH NO DATA;
CREATE UNIQUE INDEX monthly_payments_month ON monthly_payments (month);
REFRESH MATERIALIZED VIEW monthly_payments;
