CREATE TABLE approvals (tenant_id text NOT NULL, id uuid NOT NULL, title text NOT NULL, PRIMARY KEY (tenant_id, id));
ALTER TABLE approvals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON approvals USING (tenant_id = current_setting('app.tenant', true));
