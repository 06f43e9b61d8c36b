CREATE TABLE approvals (tenant_id text NOT NULL, id uuid NOT NULL, title text NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE comments (tenant_id text NOT NULL, id uuid NOT NULL, body text NOT NULL, PRIMARY KEY (tenant_id, id));
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['approvals', 'comments'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = current_setting(''app.tenant'', true))
      WITH CHECK (tenant_id = current_setting(''app.tenant'', true))', name);
  END LOOP;
END $$;
