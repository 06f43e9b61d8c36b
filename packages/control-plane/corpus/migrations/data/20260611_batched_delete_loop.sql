DO $$
DECLARE n integer;
BEGIN
  LOOP
    DELETE FROM sessions
     WHERE ctid IN (SELECT ctid FROM sessions WHERE expires_at < timestamptz '2026-04-01' LIMIT 10);
    GET DIAGNOSTICS n = ROW_COUNT;
    EXIT WHEN n = 0;
    COMMIT;
    PERFORM pg_sleep(0.001);
  END LOOP;
END $$;
