DO $$
DECLARE part regclass;
BEGIN
  FOR part IN
    SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1 LIMIT 1
  LOOP
    EXECUTE 'DROP TABLE ' || part;
  END LOOP;
END $$;
