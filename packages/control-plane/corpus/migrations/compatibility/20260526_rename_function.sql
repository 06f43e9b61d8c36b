ALTER FUNCTION order_total(bigint) RENAME TO calculate_order_total;
