-- What the change gate said of a release, by the digest of its files. Rows are added, never changed.
CREATE TABLE toban.gate_verdicts (
  tenant_id    text NOT NULL,
  id           text NOT NULL,
  position     bigint GENERATED ALWAYS AS IDENTITY,
  service      text NOT NULL,
  version      text NOT NULL,
  digest       text NOT NULL,
  verdict      text NOT NULL CHECK (verdict IN ('pass', 'fail', 'inconclusive')),
  -- { tool, families, files, counts, findings }: the findings that decided it, at most 50.
  report       jsonb NOT NULL,
  recorded_by  text NOT NULL,
  recorded_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX gate_verdicts_newest ON toban.gate_verdicts (tenant_id, service, digest, position DESC);
ALTER TABLE toban.gate_verdicts ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.gate_verdicts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.gate_verdicts
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT ON toban.gate_verdicts TO toban_app;
