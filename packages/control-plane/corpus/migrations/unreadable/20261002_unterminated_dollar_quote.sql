CREATE FUNCTION noop() RETURNS void LANGUAGE plpgsql AS $func$
BEGIN
  NULL;
END $fun$;
DROP TABLE users;
