CREATE OR REPLACE FUNCTION order_total(p_order bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(quantity * coalesce(price, 0)), 0) FROM order_items WHERE order_id = p_order
$$;
