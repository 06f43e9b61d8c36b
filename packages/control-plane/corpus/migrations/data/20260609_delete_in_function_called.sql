CREATE FUNCTION pg_temp.reset_items() RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
  DELETE FROM order_items;
END
$fn$;
SELECT pg_temp.reset_items();
