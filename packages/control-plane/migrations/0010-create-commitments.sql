-- Definitions that were in force here: what was decided from which digest, and who put it in force.
CREATE TABLE toban.definitions (
  tenant_id   text NOT NULL,
  environment text NOT NULL,
  digest      text NOT NULL,
  in_force_at timestamptz NOT NULL,
  actor_id    text NOT NULL,
  PRIMARY KEY (tenant_id, environment, in_force_at)
);
ALTER TABLE toban.definitions ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.definitions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.definitions
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT ON toban.definitions TO toban_app;
