-- Sessions of the BFF. No row-level security: a session is found by the hash of an id that only one browser
-- has, before any tenant is known, and that row says which tenant it is.
CREATE TABLE ringiflow.bff_sessions (
  id_hash      text PRIMARY KEY CHECK (id_hash ~ '^[0-9a-f]{64}$'),
  tenant_id    text NOT NULL,
  user_id      text NOT NULL,
  data         jsonb NOT NULL,
  created_at   timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX bff_sessions_user ON ringiflow.bff_sessions (tenant_id, user_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON ringiflow.bff_sessions TO ringiflow_app;
