DO $$
DECLARE
  rate text := '10';
BEGIN
  EXECUTE 'UPDATE settings SET value = $1 WHERE key = $2' USING rate, 'tax_rate';
END $$;
