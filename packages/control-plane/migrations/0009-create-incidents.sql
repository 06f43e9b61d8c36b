CREATE TABLE toban.incidents (
  tenant_id   text NOT NULL,
  id          text NOT NULL,
  -- What it is about, for example "service/bff"; at most one is open for a key.
  key         text NOT NULL,
  title       jsonb NOT NULL,
  severity    text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
  service     text,
  state       text NOT NULL CHECK (state IN ('open', 'resolved')),
  opened_at   timestamptz NOT NULL,
  resolved_at timestamptz,
  -- Without an active cause it is resolved after this.
  quiet_at    timestamptz,
  PRIMARY KEY (tenant_id, id),
  CHECK ((state = 'resolved') = (resolved_at IS NOT NULL))
);
CREATE UNIQUE INDEX incidents_one_open ON toban.incidents (tenant_id, key) WHERE state = 'open';
CREATE INDEX incidents_newest ON toban.incidents (tenant_id, opened_at DESC, id DESC);
ALTER TABLE toban.incidents ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.incidents FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.incidents
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE ON toban.incidents TO toban_app;

-- What keeps an incident open: firing alerts, running rollbacks.
CREATE TABLE toban.incident_causes (
  tenant_id   text NOT NULL,
  incident_id text NOT NULL,
  cause       text NOT NULL,
  active      boolean NOT NULL,
  PRIMARY KEY (tenant_id, incident_id, cause),
  FOREIGN KEY (tenant_id, incident_id) REFERENCES toban.incidents (tenant_id, id)
);
CREATE INDEX incident_causes_active ON toban.incident_causes (tenant_id, cause) WHERE active;
ALTER TABLE toban.incident_causes ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.incident_causes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.incident_causes
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE ON toban.incident_causes TO toban_app;

-- Append-only. event_key makes a repeated fact appear once.
CREATE TABLE toban.incident_timeline (
  tenant_id   text NOT NULL,
  incident_id text NOT NULL,
  position    bigint GENERATED ALWAYS AS IDENTITY,
  event_key   text NOT NULL,
  at          timestamptz NOT NULL,
  text        jsonb NOT NULL,
  PRIMARY KEY (tenant_id, incident_id, event_key),
  FOREIGN KEY (tenant_id, incident_id) REFERENCES toban.incidents (tenant_id, id)
);
CREATE INDEX incident_timeline_order ON toban.incident_timeline (tenant_id, incident_id, position);
ALTER TABLE toban.incident_timeline ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.incident_timeline FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.incident_timeline
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT ON toban.incident_timeline TO toban_app;
