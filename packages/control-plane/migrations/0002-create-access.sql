-- tenant_id is the tenant itself: a tenant sees its own row. The tenant 'system' lists all of them,
-- because background tasks walk over tenants before they act as one.
CREATE TABLE toban.tenants (
  tenant_id  text PRIMARY KEY CHECK (tenant_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name       text NOT NULL,
  created_at timestamptz NOT NULL
);
ALTER TABLE toban.tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.tenants
  USING (tenant_id = (SELECT toban.current_tenant()) OR (SELECT toban.current_tenant()) = 'system')
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT ON toban.tenants TO toban_app;

-- One-time links that open the console on this machine. Only the hash of a token is kept.
CREATE TABLE toban.sign_in_links (
  tenant_id  text NOT NULL,
  token_hash text NOT NULL,
  actor_id   text NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  PRIMARY KEY (tenant_id, token_hash)
);
ALTER TABLE toban.sign_in_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.sign_in_links FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.sign_in_links
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON toban.sign_in_links TO toban_app;
