CREATE SCHEMA IF NOT EXISTS toban;

CREATE OR REPLACE FUNCTION toban.current_tenant()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN current_setting('toban.tenant'::text, true)
;

CREATE TABLE toban.audit_events (
  tenant_id text NOT NULL,
  id text NOT NULL,
  class text NOT NULL,
  ts_us bigint NOT NULL,
  actor_id text NOT NULL,
  action text NOT NULL,
  resource text NOT NULL,
  result text NOT NULL,
  correlation_id text NOT NULL,
  source_ip text,
  details jsonb NOT NULL
);
CREATE TABLE toban.audit_queue (
  tenant_id text NOT NULL,
  event_id text NOT NULL,
  "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY
);
CREATE TABLE toban.leases (
  tenant_id text NOT NULL,
  name text NOT NULL,
  holder text NOT NULL,
  fence bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL
);
CREATE TABLE toban.schema_migrations (
  name text NOT NULL,
  digest text NOT NULL,
  applied_at timestamp with time zone NOT NULL DEFAULT now()
);
CREATE TABLE toban.sign_in_links (
  tenant_id text NOT NULL,
  token_hash text NOT NULL,
  actor_id text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone
);
CREATE TABLE toban.tenants (
  tenant_id text NOT NULL,
  name text NOT NULL,
  created_at timestamp with time zone NOT NULL
);

ALTER TABLE toban.audit_events ADD CONSTRAINT audit_events_class_check CHECK ((class = ANY (ARRAY['auth'::text, 'operation'::text, 'admin'::text, 'access'::text])));
ALTER TABLE toban.audit_events ADD CONSTRAINT audit_events_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE toban.audit_events ADD CONSTRAINT audit_events_result_check CHECK ((result = ANY (ARRAY['success'::text, 'failure'::text, 'denied'::text])));
ALTER TABLE toban.audit_queue ADD CONSTRAINT audit_queue_pkey PRIMARY KEY (tenant_id, "position");
ALTER TABLE toban.leases ADD CONSTRAINT leases_pkey PRIMARY KEY (tenant_id, name);
ALTER TABLE toban.schema_migrations ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (name);
ALTER TABLE toban.sign_in_links ADD CONSTRAINT sign_in_links_pkey PRIMARY KEY (tenant_id, token_hash);
ALTER TABLE toban.tenants ADD CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id);
ALTER TABLE toban.tenants ADD CONSTRAINT tenants_tenant_id_check CHECK ((tenant_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text));

ALTER TABLE toban.audit_queue ADD CONSTRAINT audit_queue_tenant_id_event_id_fkey FOREIGN KEY (tenant_id, event_id) REFERENCES toban.audit_events(tenant_id, id);

CREATE INDEX audit_events_newest ON toban.audit_events USING btree (tenant_id, ts_us DESC, id DESC);

ALTER TABLE toban.audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_events FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_queue ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_queue FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.leases ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.leases FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.sign_in_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.sign_in_links FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.tenants FORCE ROW LEVEL SECURITY;

CREATE POLICY tenant ON toban.audit_events USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.audit_queue USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.leases USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.sign_in_links USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.tenants USING (((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)) OR (( SELECT toban.current_tenant() AS current_tenant) = 'system'::text))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));

GRANT DELETE, INSERT, SELECT ON toban.audit_queue TO toban_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON toban.leases TO toban_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON toban.sign_in_links TO toban_app;
GRANT INSERT, SELECT ON toban.audit_events TO toban_app;
GRANT INSERT, SELECT ON toban.tenants TO toban_app;
GRANT SELECT ON toban.schema_migrations TO toban_app;
GRANT USAGE ON SCHEMA toban TO toban_app;
