-- The tenant of a transaction: set by the application, for that transaction only.
CREATE FUNCTION ringiflow.current_tenant() RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN current_setting('ringiflow.tenant', true);

GRANT USAGE ON SCHEMA ringiflow TO ringiflow_app;
GRANT SELECT ON ringiflow.schema_migrations TO ringiflow_app;

-- A tenant sees its own row. The tenant 'system' lists all of them and owns no rows elsewhere: the worker
-- walks over tenants, then acts as one at a time.
CREATE TABLE ringiflow.tenants (
  tenant_id text PRIMARY KEY CHECK (tenant_id ~ '^[a-z0-9][a-z0-9-]{0,62}$' AND tenant_id <> 'system'),
  name      text NOT NULL
);

-- Position of the newest event of a tenant. An append takes the row lock last and holds it until commit,
-- so positions become visible in order and without gaps: a consumer that reads "greater than" skips nothing.
CREATE TABLE ringiflow.heads (
  tenant_id text PRIMARY KEY REFERENCES ringiflow.tenants,
  position  bigint NOT NULL DEFAULT 0
);

CREATE TABLE ringiflow.events (
  tenant_id      text NOT NULL,
  stream_id      uuid NOT NULL,
  version        integer NOT NULL CHECK (version > 0),
  position       bigint NOT NULL,
  event_id       uuid NOT NULL,
  type           text NOT NULL,
  data           jsonb NOT NULL,
  actor_id       text NOT NULL,
  actor_name     text NOT NULL,
  correlation_id text NOT NULL,
  at             timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, stream_id, version),
  UNIQUE (tenant_id, position),
  UNIQUE (tenant_id, event_id)
);

-- One row a command that was carried out; the same key again gets the same answer.
CREATE TABLE ringiflow.commands (
  tenant_id       text NOT NULL,
  actor_id        text NOT NULL,
  idempotency_key text NOT NULL,
  request_digest  text NOT NULL,
  response        jsonb,
  response_digest text,
  at              timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, actor_id, idempotency_key)
);

-- Deliveries that wait for the worker. A redelivery is a new row of the same event.
CREATE TABLE ringiflow.outbox (
  tenant_id   text NOT NULL,
  delivery_id bigint GENERATED ALWAYS AS IDENTITY,
  position    bigint NOT NULL,
  event_id    uuid NOT NULL,
  stream_id   uuid NOT NULL,
  attempts    integer NOT NULL DEFAULT 0,
  not_before  timestamptz,
  last_error  text,
  queued_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, delivery_id)
);
CREATE INDEX outbox_by_position ON ringiflow.outbox (tenant_id, position);
CREATE INDEX outbox_by_stream ON ringiflow.outbox (tenant_id, stream_id, position);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['heads', 'events', 'commands', 'outbox'] LOOP
    EXECUTE format('ALTER TABLE ringiflow.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE ringiflow.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON ringiflow.%I
      USING (tenant_id = (SELECT ringiflow.current_tenant()))
      WITH CHECK (tenant_id = (SELECT ringiflow.current_tenant()))', name);
  END LOOP;
END $$;
ALTER TABLE ringiflow.tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE ringiflow.tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ringiflow.tenants
  USING (tenant_id = (SELECT ringiflow.current_tenant()) OR (SELECT ringiflow.current_tenant()) = 'system')
  WITH CHECK (tenant_id = (SELECT ringiflow.current_tenant()));

GRANT SELECT, INSERT ON ringiflow.tenants TO ringiflow_app;
GRANT SELECT, INSERT, UPDATE (position) ON ringiflow.heads TO ringiflow_app;
GRANT SELECT, INSERT ON ringiflow.events TO ringiflow_app;
GRANT SELECT, INSERT, UPDATE (response, response_digest) ON ringiflow.commands TO ringiflow_app;
GRANT SELECT, INSERT, DELETE, UPDATE (attempts, not_before, last_error) ON ringiflow.outbox TO ringiflow_app;
