SELECT pg_advisory_xact_lock(7263);
CREATE TABLE IF NOT EXISTS webhooks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  url text NOT NULL CHECK (url LIKE 'https://%'),
  secret_digest bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
NOTIFY pgrst, 'reload schema';
