CREATE TABLE toban.audit_events (
  tenant_id      text NOT NULL,
  id             text NOT NULL,
  class          text NOT NULL CHECK (class IN ('auth', 'operation', 'admin', 'access')),
  ts_us          bigint NOT NULL,
  actor_id       text NOT NULL,
  action         text NOT NULL,
  resource       text NOT NULL,
  result         text NOT NULL CHECK (result IN ('success', 'failure', 'denied')),
  correlation_id text NOT NULL,
  source_ip      text,
  details        jsonb NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_events_newest ON toban.audit_events (tenant_id, ts_us DESC, id DESC);
ALTER TABLE toban.audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.audit_events
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
-- Append-only: the application may neither change nor remove an event.
GRANT SELECT, INSERT ON toban.audit_events TO toban_app;

-- Events that are not sealed yet, in the order of insertion.
CREATE TABLE toban.audit_queue (
  tenant_id text NOT NULL,
  event_id  text NOT NULL,
  position  bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (tenant_id, position),
  FOREIGN KEY (tenant_id, event_id) REFERENCES toban.audit_events (tenant_id, id)
);
ALTER TABLE toban.audit_queue ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_queue FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.audit_queue
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, DELETE ON toban.audit_queue TO toban_app;
