ALTER FUNCTION order_total(bigint) SET search_path = public, pg_temp;
ALTER FUNCTION order_total(bigint) COST 500;
