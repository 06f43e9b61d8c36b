-- The tenant of a transaction: set by the application, for that transaction only.
CREATE FUNCTION toban.current_tenant() RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN current_setting('toban.tenant', true);

GRANT USAGE ON SCHEMA toban TO toban_app;
GRANT SELECT ON toban.schema_migrations TO toban_app;

-- One holder of a name at a time, among any number of replicas.
CREATE TABLE toban.leases (
  tenant_id  text NOT NULL,
  name       text NOT NULL,
  holder     text NOT NULL,
  fence      bigint NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, name)
);
ALTER TABLE toban.leases ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.leases FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.leases
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON toban.leases TO toban_app;
