-- One row per alert of the definition: where its state machine stands. All clocks are rows, so that
-- a restart neither forgets an alert nor fires it again.
CREATE TABLE toban.alerts (
  tenant_id          text NOT NULL,
  id                 text NOT NULL,
  state              text NOT NULL CHECK (state IN ('inactive', 'pending', 'firing', 'resolved')),
  level              text CHECK (level IN ('warning', 'critical')),
  -- From firing to resolved: names what was paged, so that it gets its resolve.
  episode            text,
  since              timestamptz NOT NULL,
  breach_since       timestamptz,
  critical_since     timestamptz,
  clear_since        timestamptz,
  below_critical_since timestamptz,
  no_data            boolean NOT NULL,
  value              double precision,
  samples            bigint NOT NULL,
  fired_at           timestamptz,
  resolved_at        timestamptz,
  evaluated_at       timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CHECK ((state = 'firing') = (level IS NOT NULL))
);
ALTER TABLE toban.alerts ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.alerts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.alerts
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE ON toban.alerts TO toban_app;

-- What happened, append-only.
CREATE TABLE toban.alert_transitions (
  tenant_id  text NOT NULL,
  id         text NOT NULL,
  alert_id   text NOT NULL,
  episode    text,
  from_state text NOT NULL,
  to_state   text NOT NULL,
  from_level text,
  to_level   text,
  value      double precision,
  samples    bigint NOT NULL,
  reason     jsonb NOT NULL,
  at         timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX alert_transitions_newest ON toban.alert_transitions (tenant_id, alert_id, at DESC);
ALTER TABLE toban.alert_transitions ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.alert_transitions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.alert_transitions
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT ON toban.alert_transitions TO toban_app;

-- Pages to deliver, written in the transaction of the transition. The id is the idempotency key of the request.
CREATE TABLE toban.alert_outbox (
  tenant_id   text NOT NULL,
  id          text NOT NULL,
  position    bigint GENERATED ALWAYS AS IDENTITY,
  alert_id    text NOT NULL,
  episode     text NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('fire', 'level', 'resolve')),
  channel     text NOT NULL,
  payload     jsonb NOT NULL,
  state       text NOT NULL CHECK (state IN ('queued', 'delivered', 'not-delivered')),
  attempts    integer NOT NULL,
  next_at     timestamptz NOT NULL,
  last_error  text,
  created_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX alert_outbox_due ON toban.alert_outbox (tenant_id, next_at) WHERE state = 'queued';
CREATE INDEX alert_outbox_episode ON toban.alert_outbox (tenant_id, episode, channel, position);
ALTER TABLE toban.alert_outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.alert_outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.alert_outbox
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE ON toban.alert_outbox TO toban_app;
