DO $$
DECLARE targets text[] := ARRAY['plans', 'settings'];
BEGIN
  EXECUTE 'TRUNCATE ' || array_to_string(targets, ', ');
END $$;
