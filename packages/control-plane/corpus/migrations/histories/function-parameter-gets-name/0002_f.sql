CREATE OR REPLACE FUNCTION twice(value integer) RETURNS integer LANGUAGE sql AS $$ SELECT value * 2 $$;
