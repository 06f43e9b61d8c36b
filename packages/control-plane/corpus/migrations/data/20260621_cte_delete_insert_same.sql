WITH gone AS (DELETE FROM payments RETURNING order_id, amount)
INSERT INTO payments (order_id, amount, state) SELECT order_id, amount, 'copied' FROM gone;
