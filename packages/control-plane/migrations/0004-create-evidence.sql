-- What a proof measured on the running system, one row a commitment and run. Append-only.
CREATE TABLE toban.evidence (
  tenant_id     text NOT NULL,
  id            text NOT NULL,
  commitment_id text NOT NULL,
  proof_id      text NOT NULL,
  grade         text NOT NULL CHECK (grade IN ('measured', 'attested')),
  verdict       text NOT NULL CHECK (verdict IN ('pass', 'fail', 'inconclusive')),
  code          text NOT NULL,
  reason        jsonb NOT NULL,
  remedy        jsonb NOT NULL,
  measured      text NOT NULL,
  inputs_digest text NOT NULL,
  -- Digest of each thing that the evidence depends on, as it was.
  dependencies  jsonb NOT NULL,
  tool_versions jsonb NOT NULL,
  environment   text NOT NULL,
  measured_at   timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX evidence_newest ON toban.evidence (tenant_id, environment, commitment_id, proof_id, measured_at DESC, id DESC);
ALTER TABLE toban.evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.evidence FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.evidence
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT ON toban.evidence TO toban_app;

-- Kinds of proof whose mutant was seen red, by the version of the proof's code.
CREATE TABLE toban.proof_mutants (
  tenant_id   text NOT NULL,
  proof_kind  text NOT NULL,
  version     text NOT NULL,
  seen_red_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, proof_kind, version)
);
ALTER TABLE toban.proof_mutants ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.proof_mutants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.proof_mutants
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT ON toban.proof_mutants TO toban_app;
