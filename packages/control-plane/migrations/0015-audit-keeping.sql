-- Full verifications with their progress, the rolling re-reading of old tiles, and archives of what was pruned.
-- forward-fix: nothing that ran before reads or writes what is added here.
SET lock_timeout = '2s';

-- The next old tile that the continuous verification reads again.
ALTER TABLE toban.audit_verifications ADD COLUMN swept bigint NOT NULL DEFAULT 0;
-- The incident that asked for the hold, when one did.
ALTER TABLE toban.audit_holds ADD COLUMN incident text;

CREATE TABLE toban.audit_verification_runs (
  tenant_id    text NOT NULL,
  id           text NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL,
  started_at   timestamptz,
  -- Whoever performs it renews this; one that went quiet is begun again by another.
  seen_at      timestamptz,
  ended_at     timestamptz,
  done         bigint NOT NULL DEFAULT 0,
  total        bigint NOT NULL DEFAULT 0,
  trees        integer NOT NULL DEFAULT 0,
  -- `{ class, seq, code, reason, remedy }` each.
  failures     jsonb NOT NULL DEFAULT '[]',
  -- Why it could not be carried out.
  refusal      jsonb,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX audit_verification_runs_open ON toban.audit_verification_runs (tenant_id) WHERE ended_at IS NULL;
ALTER TABLE toban.audit_verification_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_verification_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.audit_verification_runs
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE ON toban.audit_verification_runs TO toban_app;

-- Bundles of pruned leaves: written and verified before the leaves went, removed when their own period is over.
CREATE TABLE toban.audit_archives (
  tenant_id   text NOT NULL,
  class       text NOT NULL CHECK (class IN ('auth', 'operation', 'admin', 'access')),
  first       bigint NOT NULL CHECK (first >= 0),
  -- The sequence after the last one.
  past        bigint NOT NULL,
  file        text NOT NULL,
  digest      text NOT NULL,
  archived_at timestamptz NOT NULL,
  removed_at  timestamptz,
  PRIMARY KEY (tenant_id, class, first)
);
ALTER TABLE toban.audit_archives ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_archives FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.audit_archives
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE ON toban.audit_archives TO toban_app;
