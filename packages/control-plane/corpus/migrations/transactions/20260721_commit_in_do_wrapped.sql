DO $$
BEGIN
  UPDATE sessions SET data = '{}' WHERE id = 's1';
  COMMIT;
END $$;
