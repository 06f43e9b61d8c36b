DO $body$
DECLARE
  statement text;
BEGIN
  SELECT value INTO statement FROM settings WHERE key = 'sql';
  EXECUTE statement;
END
$body$;
