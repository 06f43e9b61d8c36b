DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'se%s' LOOP
    EXECUTE 'DROP TABLE ' || quote_ident(r.tablename);
  END LOOP;
END $$;
