DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['sessions', 'settings'] LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I', t);
  END LOOP;
END $$;
