CREATE FUNCTION order_total(p_order bigint, p_tax numeric) RETURNS numeric LANGUAGE sql STABLE
  RETURN (SELECT sum(quantity * price) * (1 + p_tax) FROM order_items WHERE order_id = p_order);
