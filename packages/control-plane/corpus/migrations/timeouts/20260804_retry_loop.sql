DO $$
BEGIN
  FOR attempt IN 1..5 LOOP
    BEGIN
      PERFORM set_config('lock_timeout', '500ms', true);
      ALTER TABLE users ADD COLUMN nickname text;
      RETURN;
    EXCEPTION WHEN lock_not_available THEN
      PERFORM pg_sleep(0.2 * attempt);
    END;
  END LOOP;
  RAISE EXCEPTION 'users could not be locked';
END $$;
