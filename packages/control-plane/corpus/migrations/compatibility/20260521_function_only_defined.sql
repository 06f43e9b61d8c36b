CREATE OR REPLACE PROCEDURE purge_sessions(p_before timestamptz) LANGUAGE plpgsql AS $$
BEGIN
  LOOP
    DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < p_before LIMIT 1000);
    EXIT WHEN NOT FOUND;
    COMMIT;
  END LOOP;
END $$;
