-- Everything here is derived from ringiflow.events and can be dropped and replayed at any time.

-- Lock of the consumer of one tenant, and how far it came.
CREATE TABLE ringiflow.checkpoints (
  tenant_id text PRIMARY KEY REFERENCES ringiflow.tenants,
  -- Highest position that was handled: applied, or put into dead_letters.
  position  bigint NOT NULL DEFAULT 0,
  at        timestamptz NOT NULL
);

-- Ids of applied events: a second delivery changes nothing.
CREATE TABLE ringiflow.applied_events (
  tenant_id text NOT NULL,
  event_id  uuid NOT NULL,
  position  bigint NOT NULL,
  PRIMARY KEY (tenant_id, event_id)
);
CREATE INDEX applied_events_by_position ON ringiflow.applied_events (tenant_id, position);

CREATE TABLE ringiflow.dead_letters (
  tenant_id text NOT NULL,
  event_id  uuid NOT NULL,
  stream_id uuid NOT NULL,
  position  bigint NOT NULL,
  attempts  integer NOT NULL,
  error     text NOT NULL,
  at        timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, event_id)
);

CREATE TABLE ringiflow.request_list (
  tenant_id      text NOT NULL,
  request_id     uuid NOT NULL,
  -- Version of the newest event that went in, and how many went in: equal, or events were lost or doubled.
  version        integer NOT NULL,
  applied        integer NOT NULL,
  title          text NOT NULL,
  category       text NOT NULL,
  amount_yen     bigint NOT NULL,
  status         text NOT NULL,
  applicant_id   text NOT NULL,
  applicant_name text NOT NULL,
  approver_id    text,
  approver_name  text,
  -- Normalised (NFKC, lower case) title, body and names. Japanese has no spaces between words, so a search
  -- looks for the position of the text; the leakproof alternative of an index does not exist under
  -- row-level security.
  search_text    text NOT NULL,
  state          jsonb NOT NULL,
  updated_at     timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, request_id)
);
CREATE INDEX request_list_newest ON ringiflow.request_list (tenant_id, updated_at DESC, request_id);
CREATE INDEX request_list_mine ON ringiflow.request_list (tenant_id, applicant_id, updated_at DESC, request_id);
CREATE INDEX request_list_to_decide ON ringiflow.request_list (tenant_id, approver_id, updated_at DESC, request_id)
  WHERE approver_id IS NOT NULL;

CREATE TABLE ringiflow.request_counters (
  tenant_id text NOT NULL,
  status    text NOT NULL,
  count     bigint NOT NULL,
  total_yen numeric NOT NULL,
  PRIMARY KEY (tenant_id, status)
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY
    ARRAY['checkpoints', 'applied_events', 'dead_letters', 'request_list', 'request_counters'] LOOP
    EXECUTE format('ALTER TABLE ringiflow.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE ringiflow.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON ringiflow.%I
      USING (tenant_id = (SELECT ringiflow.current_tenant()))
      WITH CHECK (tenant_id = (SELECT ringiflow.current_tenant()))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ringiflow.%I TO ringiflow_app', name);
  END LOOP;
END $$;
