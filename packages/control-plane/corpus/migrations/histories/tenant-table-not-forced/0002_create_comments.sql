CREATE TABLE comments (tenant_id text NOT NULL, id uuid NOT NULL, body text NOT NULL, PRIMARY KEY (tenant_id, id));
ALTER TABLE comments ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON comments USING (tenant_id = current_setting('app.tenant', true));
