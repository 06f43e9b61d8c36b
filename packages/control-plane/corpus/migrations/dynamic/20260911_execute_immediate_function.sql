CREATE FUNCTION pg_temp.run(p_sql text) RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
  EXECUTE p_sql;
END $f$;
DO $$ BEGIN PERFORM pg_temp.run('DELETE FROM plans'); END $$;
