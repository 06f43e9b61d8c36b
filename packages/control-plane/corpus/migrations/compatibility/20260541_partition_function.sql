CREATE OR REPLACE FUNCTION create_month_partition(p_parent regclass, p_month date) RETURNS void LANGUAGE plpgsql AS $fn$
DECLARE
  child text := format('%s_%s', p_parent, to_char(p_month, 'YYYY_MM'));
BEGIN
  EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
    child, p_parent, p_month, p_month + interval '1 month');
END $fn$;
