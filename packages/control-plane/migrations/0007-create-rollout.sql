-- The release ledger: one row per deploy or rollback, never removed.
CREATE TABLE toban.releases (
  tenant_id         text NOT NULL,
  id                text NOT NULL,
  position          bigint GENERATED ALWAYS AS IDENTITY,
  run_id            text NOT NULL,
  kind              text NOT NULL CHECK (kind IN ('deploy', 'rollback')),
  service           text NOT NULL,
  environment       text NOT NULL,
  version           text NOT NULL,
  digest            text NOT NULL,
  from_version      text,
  requested_by      text NOT NULL,
  request_reason    text,
  definition_digest text NOT NULL,
  -- Null while it runs.
  result            text CHECK (result IN ('succeeded', 'rolled-back', 'failed', 'cancelled')),
  result_reason     jsonb,
  started_at        timestamptz NOT NULL,
  ended_at          timestamptz,
  -- First bad answer of the candidate that users saw, and when its weight was confirmed to be 0 again.
  first_bad_at      timestamptz,
  weight_zero_at    timestamptz,
  -- Per observed step: { weight, observedSeconds, requests, errors, verdict, code, reason, … }.
  steps             jsonb NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, run_id),
  CHECK ((result IS NULL) = (ended_at IS NULL))
);
CREATE INDEX releases_newest ON toban.releases (tenant_id, service, position DESC);
CREATE UNIQUE INDEX releases_one_running ON toban.releases (tenant_id, service) WHERE result IS NULL;
ALTER TABLE toban.releases ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.releases FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.releases
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE ON toban.releases TO toban_app;
