CREATE FUNCTION pg_temp.run(p_sql text) RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
  EXECUTE p_sql;
END $f$;
SELECT pg_temp.run('TRUNCATE ' || (SELECT relname FROM pg_class WHERE relname = 'settings'));
