SET lock_timeout = '2s';
DO $$
DECLARE t text;
BEGIN
  FOR t IN SELECT unnest(ARRAY['users', 'orders']) LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN created_by text', t);
    EXECUTE format('COMMENT ON COLUMN %I.created_by IS %L', t, '作成者');
  END LOOP;
END $$;
