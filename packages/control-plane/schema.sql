CREATE SCHEMA IF NOT EXISTS toban;

CREATE SEQUENCE toban.run_fence;

CREATE OR REPLACE FUNCTION toban.audit_queued(p_tenants text[])
 RETURNS TABLE(tenant text, oldest_us bigint)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_own text := toban.current_tenant();
  v_event text;
BEGIN
  FOREACH tenant IN ARRAY p_tenants LOOP
    PERFORM set_config('toban.tenant', tenant, true);
    SELECT q.event_id INTO v_event FROM toban.audit_queue q ORDER BY q.tenant_id, q.position LIMIT 1;
    IF FOUND THEN
      SELECT e.ts_us INTO oldest_us FROM toban.audit_events e WHERE e.id = v_event;
      RETURN NEXT;
    END IF;
  END LOOP;
  PERFORM set_config('toban.tenant', v_own, true);
END $function$
;
CREATE OR REPLACE FUNCTION toban.audit_unanchored(p_tenants text[], p_sinks text[])
 RETURNS SETOF text
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_own text := toban.current_tenant();
  v_tenant text;
BEGIN
  FOREACH v_tenant IN ARRAY p_tenants LOOP
    PERFORM set_config('toban.tenant', v_tenant, true);
    PERFORM FROM toban.audit_trees t CROSS JOIN unnest(p_sinks) AS s (name)
      WHERE NOT EXISTS (SELECT FROM toban.audit_anchors a
        WHERE a.tenant_id = t.tenant_id AND a.class = t.class AND a.sink = s.name AND a.size = t.size);
    IF FOUND THEN
      RETURN NEXT v_tenant;
    END IF;
  END LOOP;
  PERFORM set_config('toban.tenant', v_own, true);
END $function$
;
CREATE OR REPLACE FUNCTION toban.current_tenant()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN current_setting('toban.tenant'::text, true)
;
CREATE OR REPLACE FUNCTION toban.prune_audit_tile(p_class text, p_tile bigint, p_before timestamp with time zone, p_now timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_tenant text := toban.current_tenant();
  v_first bigint := p_tile * 256;
  v_removed bigint;
BEGIN
  PERFORM FROM toban.audit_trees t
    WHERE t.tenant_id = v_tenant AND t.class = p_class AND t.pruned = v_first FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tile % of % is not the oldest one', p_tile, p_class USING ERRCODE = 'TB001';
  END IF;
  IF p_now > clock_timestamp() + interval '5 minutes' OR p_before > p_now OR NOT EXISTS (
    SELECT FROM toban.audit_anchors a WHERE a.tenant_id = v_tenant AND a.class = p_class
      AND a.size >= v_first + 256 AND a.anchored_at <= p_before) THEN
    RAISE EXCEPTION 'tile % of % was not anchored before %', p_tile, p_class, p_before USING ERRCODE = 'TB002';
  END IF;
  IF EXISTS (SELECT FROM toban.audit_holds h WHERE h.tenant_id = v_tenant AND h.released_at IS NULL) THEN
    RAISE EXCEPTION 'a legal hold is open' USING ERRCODE = 'TB003';
  END IF;
  UPDATE toban.audit_tiles SET pruned_at = p_now
    WHERE tenant_id = v_tenant AND class = p_class AND tile = p_tile;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tile % of % is not full', p_tile, p_class USING ERRCODE = 'TB001';
  END IF;
  DELETE FROM toban.audit_events e USING toban.audit_leaves l
    WHERE l.tenant_id = v_tenant AND l.class = p_class AND l.seq >= v_first AND l.seq < v_first + 256
      AND e.tenant_id = v_tenant AND e.id = l.event_id;
  DELETE FROM toban.audit_leaves
    WHERE tenant_id = v_tenant AND class = p_class AND seq >= v_first AND seq < v_first + 256;
  GET DIAGNOSTICS v_removed = ROW_COUNT;
  UPDATE toban.audit_trees SET pruned = v_first + 256 WHERE tenant_id = v_tenant AND class = p_class;
  RETURN v_removed;
END $function$
;
CREATE OR REPLACE FUNCTION toban.purge_tenant(p_before timestamp with time zone, p_now timestamp with time zone, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_tenant text := toban.current_tenant();
  v_purge jsonb;
  v_budget bigint := p_limit;
  v_relation text;
  v_refers_to_itself boolean;
  v_removed bigint;
  v_met bigint;
  v_blocked text;
BEGIN
  SELECT coalesce(t.purge, '{}') INTO v_purge FROM toban.tenants t
    WHERE t.tenant_id = v_tenant AND t.state = 'deleted' AND t.deleted_at <= p_before
      AND p_before <= p_now - interval '720 hours' AND p_now <= clock_timestamp() + interval '5 minutes'
    FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tenant % was not deleted before %, 30 days ago', v_tenant, p_before USING ERRCODE = 'TB004';
  END IF;
  IF p_limit IS NULL OR p_limit < 1 THEN
    RAISE EXCEPTION 'a call must be allowed to remove a row' USING ERRCODE = 'TB004';
  END IF;
  IF EXISTS (SELECT FROM toban.audit_holds h WHERE h.tenant_id = v_tenant AND h.released_at IS NULL) THEN
    RAISE EXCEPTION 'a legal hold is open' USING ERRCODE = 'TB003';
  END IF;
  IF v_purge = '{}' THEN
    v_purge := jsonb_build_object('rows', jsonb_build_object(), 'heads', (
      SELECT coalesce(jsonb_object_agg(t.class,
        jsonb_build_object('size', t.size, 'root', encode(t.root, 'base64'))), '{}')
      FROM toban.audit_trees t WHERE t.tenant_id = v_tenant));
  END IF;
  -- Again until a pass meets nothing: a referenced table refuses while rows refer to it, and what was under way when
  -- the first pass went by commits before the second.
  LOOP
    v_met := 0;
    v_blocked := NULL;
    FOR v_relation, v_refers_to_itself IN
      SELECT c.relname, EXISTS (
        SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = c.oid AND k.confrelid = c.oid)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
      WHERE n.nspname = 'toban' AND c.relkind = 'r' AND c.relname <> 'tenants' ORDER BY c.relname
    LOOP
      v_removed := 0;
      BEGIN
        EXECUTE format(
          'DELETE FROM toban.%1$I WHERE tenant_id = $1 AND ctid = ANY (ARRAY('
          'SELECT r.ctid FROM toban.%1$I r WHERE r.tenant_id = $1 LIMIT $2))', v_relation)
          USING v_tenant, CASE WHEN v_refers_to_itself THEN NULL ELSE v_budget END;
        GET DIAGNOSTICS v_removed = ROW_COUNT;
      EXCEPTION WHEN foreign_key_violation OR restrict_violation THEN
        v_blocked := v_relation;
      END;
      IF v_removed > 0 THEN
        v_purge := jsonb_set(v_purge, ARRAY['rows', v_relation],
          to_jsonb(coalesce((v_purge -> 'rows' ->> v_relation)::bigint, 0) + v_removed));
        v_met := v_met + v_removed;
        v_budget := v_budget - v_removed;
      END IF;
      IF v_budget <= 0 THEN
        UPDATE toban.tenants t SET purge = v_purge WHERE t.tenant_id = v_tenant;
        RETURN v_purge || jsonb_build_object('done', false);
      END IF;
    END LOOP;
    IF v_met = 0 AND v_blocked IS NOT NULL THEN
      RAISE EXCEPTION 'rows of % cannot be removed', v_blocked USING ERRCODE = 'TB005';
    END IF;
    EXIT WHEN v_met = 0;
  END LOOP;
  UPDATE toban.tenants t SET state = 'purged', name = '', purge = v_purge, purged_at = p_now
    WHERE t.tenant_id = v_tenant;
  RETURN v_purge || jsonb_build_object('done', true);
END $function$
;

CREATE TABLE toban.alert_outbox (
  tenant_id text NOT NULL,
  id text NOT NULL,
  "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  alert_id text NOT NULL,
  episode text NOT NULL,
  kind text NOT NULL,
  channel text NOT NULL,
  payload jsonb NOT NULL,
  state text NOT NULL,
  attempts integer NOT NULL,
  next_at timestamp with time zone NOT NULL,
  last_error text,
  created_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone
);
CREATE TABLE toban.alert_transitions (
  tenant_id text NOT NULL,
  id text NOT NULL,
  alert_id text NOT NULL,
  episode text,
  from_state text NOT NULL,
  to_state text NOT NULL,
  from_level text,
  to_level text,
  value double precision,
  samples bigint NOT NULL,
  reason jsonb NOT NULL,
  at timestamp with time zone NOT NULL
);
CREATE TABLE toban.alerts (
  tenant_id text NOT NULL,
  id text NOT NULL,
  state text NOT NULL,
  level text,
  episode text,
  since timestamp with time zone NOT NULL,
  breach_since timestamp with time zone,
  critical_since timestamp with time zone,
  clear_since timestamp with time zone,
  below_critical_since timestamp with time zone,
  no_data boolean NOT NULL,
  value double precision,
  samples bigint NOT NULL,
  fired_at timestamp with time zone,
  resolved_at timestamp with time zone,
  evaluated_at timestamp with time zone NOT NULL
);
CREATE TABLE toban.audit_anchors (
  tenant_id text NOT NULL,
  class text NOT NULL,
  size bigint NOT NULL,
  sink text NOT NULL,
  root bytea NOT NULL,
  note text NOT NULL,
  anchored_at timestamp with time zone NOT NULL
);
CREATE TABLE toban.audit_archives (
  tenant_id text NOT NULL,
  class text NOT NULL,
  first bigint NOT NULL,
  past bigint NOT NULL,
  file text NOT NULL,
  digest text NOT NULL,
  archived_at timestamp with time zone NOT NULL,
  removed_at timestamp with time zone
);
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
CREATE TABLE toban.audit_holds (
  tenant_id text NOT NULL,
  id text NOT NULL,
  reason text NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  released_by text,
  released_at timestamp with time zone,
  incident text
);
CREATE TABLE toban.audit_leaves (
  tenant_id text NOT NULL,
  class text NOT NULL,
  seq bigint NOT NULL,
  event_id text NOT NULL,
  leaf bytea NOT NULL
);
CREATE TABLE toban.audit_personal (
  tenant_id text NOT NULL,
  commitment text NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  value text NOT NULL,
  salt bytea NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now()
);
CREATE TABLE toban.audit_queue (
  tenant_id text NOT NULL,
  event_id text NOT NULL,
  "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  class text,
  leaf bytea
);
CREATE TABLE toban.audit_tiles (
  tenant_id text NOT NULL,
  class text NOT NULL,
  tile bigint NOT NULL,
  hashes bytea NOT NULL,
  root bytea NOT NULL,
  pruned_at timestamp with time zone
);
CREATE TABLE toban.audit_trees (
  tenant_id text NOT NULL,
  class text NOT NULL,
  size bigint NOT NULL,
  root bytea NOT NULL,
  frontier bytea NOT NULL,
  note text NOT NULL,
  sealed_at timestamp with time zone NOT NULL,
  pruned bigint NOT NULL DEFAULT 0
);
CREATE TABLE toban.audit_verification_runs (
  tenant_id text NOT NULL,
  id text NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamp with time zone NOT NULL,
  started_at timestamp with time zone,
  seen_at timestamp with time zone,
  ended_at timestamp with time zone,
  done bigint NOT NULL DEFAULT 0,
  total bigint NOT NULL DEFAULT 0,
  trees integer NOT NULL DEFAULT 0,
  failures jsonb NOT NULL DEFAULT '[]'::jsonb,
  refusal jsonb
);
CREATE TABLE toban.audit_verifications (
  tenant_id text NOT NULL,
  class text NOT NULL,
  size bigint NOT NULL,
  frontier bytea NOT NULL,
  verified_at timestamp with time zone NOT NULL,
  full_at timestamp with time zone,
  failure jsonb,
  swept bigint NOT NULL DEFAULT 0
);
CREATE TABLE toban.definitions (
  tenant_id text NOT NULL,
  environment text NOT NULL,
  digest text NOT NULL,
  in_force_at timestamp with time zone NOT NULL,
  actor_id text NOT NULL
);
CREATE TABLE toban.departments (
  tenant_id text NOT NULL,
  department_id text NOT NULL,
  parent_id text,
  name text NOT NULL,
  created_at timestamp with time zone NOT NULL
);
CREATE TABLE toban.erasures (
  tenant_id text NOT NULL,
  id text NOT NULL,
  subject_digest text NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamp with time zone NOT NULL,
  completed_at timestamp with time zone,
  removed integer
);
CREATE TABLE toban.evidence (
  tenant_id text NOT NULL,
  id text NOT NULL,
  commitment_id text NOT NULL,
  proof_id text NOT NULL,
  grade text NOT NULL,
  verdict text NOT NULL,
  code text NOT NULL,
  reason jsonb NOT NULL,
  remedy jsonb NOT NULL,
  measured text NOT NULL,
  inputs_digest text NOT NULL,
  dependencies jsonb NOT NULL,
  tool_versions jsonb NOT NULL,
  environment text NOT NULL,
  measured_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL
);
CREATE TABLE toban.gate_verdicts (
  tenant_id text NOT NULL,
  id text NOT NULL,
  "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  service text NOT NULL,
  version text NOT NULL,
  digest text NOT NULL,
  verdict text NOT NULL,
  report jsonb NOT NULL,
  recorded_by text NOT NULL,
  recorded_at timestamp with time zone NOT NULL
);
CREATE TABLE toban.incident_causes (
  tenant_id text NOT NULL,
  incident_id text NOT NULL,
  cause text NOT NULL,
  active boolean NOT NULL
);
CREATE TABLE toban.incident_timeline (
  tenant_id text NOT NULL,
  incident_id text NOT NULL,
  "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  event_key text NOT NULL,
  at timestamp with time zone NOT NULL,
  text jsonb NOT NULL
);
CREATE TABLE toban.incidents (
  tenant_id text NOT NULL,
  id text NOT NULL,
  key text NOT NULL,
  title jsonb NOT NULL,
  severity text NOT NULL,
  service text,
  state text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  resolved_at timestamp with time zone,
  quiet_at timestamp with time zone
);
CREATE TABLE toban.leases (
  tenant_id text NOT NULL,
  name text NOT NULL,
  holder text NOT NULL,
  fence bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL
);
CREATE TABLE toban.people (
  tenant_id text NOT NULL,
  person_id text NOT NULL,
  name text NOT NULL,
  email text,
  role_level integer NOT NULL,
  department_id text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  removed_at timestamp with time zone
);
CREATE TABLE toban.proof_mutants (
  tenant_id text NOT NULL,
  proof_kind text NOT NULL,
  version text NOT NULL,
  seen_red_at timestamp with time zone NOT NULL
);
CREATE TABLE toban.releases (
  tenant_id text NOT NULL,
  id text NOT NULL,
  "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  run_id text NOT NULL,
  kind text NOT NULL,
  service text NOT NULL,
  environment text NOT NULL,
  version text NOT NULL,
  digest text NOT NULL,
  from_version text,
  requested_by text NOT NULL,
  request_reason text,
  definition_digest text NOT NULL,
  result text,
  result_reason jsonb,
  started_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  first_bad_at timestamp with time zone,
  weight_zero_at timestamp with time zone,
  steps jsonb NOT NULL
);
CREATE TABLE toban.run_approvals (
  tenant_id text NOT NULL,
  run_id text NOT NULL,
  step integer NOT NULL,
  approver text NOT NULL,
  plan_hash text NOT NULL,
  input_digest text NOT NULL,
  created_at timestamp with time zone NOT NULL
);
CREATE TABLE toban.run_steps (
  tenant_id text NOT NULL,
  run_id text NOT NULL,
  phase text NOT NULL,
  index integer NOT NULL,
  state text NOT NULL,
  touched boolean NOT NULL,
  fence bigint NOT NULL,
  input_digest text,
  output jsonb,
  refusal jsonb,
  started_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone
);
CREATE TABLE toban.runs (
  tenant_id text NOT NULL,
  id text NOT NULL,
  kind text NOT NULL,
  target text,
  plan jsonb NOT NULL,
  plan_hash text NOT NULL,
  requested_by text NOT NULL,
  parent text,
  correlation_id text NOT NULL,
  state text NOT NULL,
  phase text NOT NULL,
  "position" integer NOT NULL,
  activity text NOT NULL,
  wait_done boolean NOT NULL,
  payload jsonb,
  memo jsonb,
  attempts integer NOT NULL,
  crashes integer NOT NULL,
  round_at timestamp with time zone,
  signals jsonb NOT NULL,
  cancel jsonb,
  refusal jsonb,
  due_at timestamp with time zone,
  fence bigint NOT NULL,
  version bigint NOT NULL,
  worker text,
  created_at timestamp with time zone NOT NULL,
  started_at timestamp with time zone,
  ended_at timestamp with time zone
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
  created_at timestamp with time zone NOT NULL,
  state text NOT NULL DEFAULT 'active'::text,
  suspended_at timestamp with time zone,
  deleted_at timestamp with time zone,
  purged_at timestamp with time zone,
  purge jsonb
);

ALTER TABLE toban.alert_outbox ADD CONSTRAINT alert_outbox_kind_check CHECK ((kind = ANY (ARRAY['fire'::text, 'level'::text, 'resolve'::text])));
ALTER TABLE toban.alert_outbox ADD CONSTRAINT alert_outbox_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE toban.alert_outbox ADD CONSTRAINT alert_outbox_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'delivered'::text, 'not-delivered'::text])));
ALTER TABLE toban.alert_transitions ADD CONSTRAINT alert_transitions_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE toban.alerts ADD CONSTRAINT alerts_check CHECK (((state = 'firing'::text) = (level IS NOT NULL)));
ALTER TABLE toban.alerts ADD CONSTRAINT alerts_level_check CHECK ((level = ANY (ARRAY['warning'::text, 'critical'::text])));
ALTER TABLE toban.alerts ADD CONSTRAINT alerts_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE toban.alerts ADD CONSTRAINT alerts_state_check CHECK ((state = ANY (ARRAY['inactive'::text, 'pending'::text, 'firing'::text, 'resolved'::text])));
ALTER TABLE toban.audit_anchors ADD CONSTRAINT audit_anchors_pkey PRIMARY KEY (tenant_id, class, sink, size);
ALTER TABLE toban.audit_anchors ADD CONSTRAINT audit_anchors_root_check CHECK ((octet_length(root) = 32));
ALTER TABLE toban.audit_archives ADD CONSTRAINT audit_archives_class_check CHECK ((class = ANY (ARRAY['auth'::text, 'operation'::text, 'admin'::text, 'access'::text])));
ALTER TABLE toban.audit_archives ADD CONSTRAINT audit_archives_first_check CHECK ((first >= 0));
ALTER TABLE toban.audit_archives ADD CONSTRAINT audit_archives_pkey PRIMARY KEY (tenant_id, class, first);
ALTER TABLE toban.audit_events ADD CONSTRAINT audit_events_class_check CHECK ((class = ANY (ARRAY['auth'::text, 'operation'::text, 'admin'::text, 'access'::text])));
ALTER TABLE toban.audit_events ADD CONSTRAINT audit_events_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE toban.audit_events ADD CONSTRAINT audit_events_result_check CHECK ((result = ANY (ARRAY['success'::text, 'failure'::text, 'denied'::text])));
ALTER TABLE toban.audit_holds ADD CONSTRAINT audit_holds_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE toban.audit_leaves ADD CONSTRAINT audit_leaves_class_check CHECK ((class = ANY (ARRAY['auth'::text, 'operation'::text, 'admin'::text, 'access'::text])));
ALTER TABLE toban.audit_leaves ADD CONSTRAINT audit_leaves_pkey PRIMARY KEY (tenant_id, class, seq);
ALTER TABLE toban.audit_leaves ADD CONSTRAINT audit_leaves_seq_check CHECK ((seq >= 0));
ALTER TABLE toban.audit_leaves ADD CONSTRAINT audit_leaves_tenant_id_event_id_key UNIQUE (tenant_id, event_id);
ALTER TABLE toban.audit_personal ADD CONSTRAINT audit_personal_commitment_check CHECK ((commitment ~ '^~[A-Za-z0-9_-]{43}$'::text));
ALTER TABLE toban.audit_personal ADD CONSTRAINT audit_personal_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'value'::text])));
ALTER TABLE toban.audit_personal ADD CONSTRAINT audit_personal_pkey PRIMARY KEY (tenant_id, commitment);
ALTER TABLE toban.audit_personal ADD CONSTRAINT audit_personal_salt_check CHECK ((octet_length(salt) = 32));
ALTER TABLE toban.audit_queue ADD CONSTRAINT audit_queue_pkey PRIMARY KEY (tenant_id, "position");
ALTER TABLE toban.audit_tiles ADD CONSTRAINT audit_tiles_hashes_check CHECK ((octet_length(hashes) = 8192));
ALTER TABLE toban.audit_tiles ADD CONSTRAINT audit_tiles_pkey PRIMARY KEY (tenant_id, class, tile);
ALTER TABLE toban.audit_tiles ADD CONSTRAINT audit_tiles_root_check CHECK ((octet_length(root) = 32));
ALTER TABLE toban.audit_tiles ADD CONSTRAINT audit_tiles_tile_check CHECK ((tile >= 0));
ALTER TABLE toban.audit_trees ADD CONSTRAINT audit_trees_class_check CHECK ((class = ANY (ARRAY['auth'::text, 'operation'::text, 'admin'::text, 'access'::text])));
ALTER TABLE toban.audit_trees ADD CONSTRAINT audit_trees_pkey PRIMARY KEY (tenant_id, class);
ALTER TABLE toban.audit_trees ADD CONSTRAINT audit_trees_root_check CHECK ((octet_length(root) = 32));
ALTER TABLE toban.audit_verification_runs ADD CONSTRAINT audit_verification_runs_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE toban.audit_verifications ADD CONSTRAINT audit_verifications_pkey PRIMARY KEY (tenant_id, class);
ALTER TABLE toban.definitions ADD CONSTRAINT definitions_pkey PRIMARY KEY (tenant_id, environment, in_force_at);
ALTER TABLE toban.departments ADD CONSTRAINT departments_pkey PRIMARY KEY (tenant_id, department_id);
ALTER TABLE toban.erasures ADD CONSTRAINT erasures_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE toban.evidence ADD CONSTRAINT evidence_grade_check CHECK ((grade = ANY (ARRAY['measured'::text, 'attested'::text])));
ALTER TABLE toban.evidence ADD CONSTRAINT evidence_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE toban.evidence ADD CONSTRAINT evidence_verdict_check CHECK ((verdict = ANY (ARRAY['pass'::text, 'fail'::text, 'inconclusive'::text])));
ALTER TABLE toban.gate_verdicts ADD CONSTRAINT gate_verdicts_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE toban.gate_verdicts ADD CONSTRAINT gate_verdicts_verdict_check CHECK ((verdict = ANY (ARRAY['pass'::text, 'fail'::text, 'inconclusive'::text])));
ALTER TABLE toban.incident_causes ADD CONSTRAINT incident_causes_pkey PRIMARY KEY (tenant_id, incident_id, cause);
ALTER TABLE toban.incident_timeline ADD CONSTRAINT incident_timeline_pkey PRIMARY KEY (tenant_id, incident_id, event_key);
ALTER TABLE toban.incidents ADD CONSTRAINT incidents_check CHECK (((state = 'resolved'::text) = (resolved_at IS NOT NULL)));
ALTER TABLE toban.incidents ADD CONSTRAINT incidents_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE toban.incidents ADD CONSTRAINT incidents_severity_check CHECK ((severity = ANY (ARRAY['critical'::text, 'high'::text, 'medium'::text, 'low'::text])));
ALTER TABLE toban.incidents ADD CONSTRAINT incidents_state_check CHECK ((state = ANY (ARRAY['open'::text, 'resolved'::text])));
ALTER TABLE toban.leases ADD CONSTRAINT leases_pkey PRIMARY KEY (tenant_id, name);
ALTER TABLE toban.people ADD CONSTRAINT people_pkey PRIMARY KEY (tenant_id, person_id);
ALTER TABLE toban.people ADD CONSTRAINT people_role_level_check CHECK (((role_level >= 1) AND (role_level <= 6)));
ALTER TABLE toban.proof_mutants ADD CONSTRAINT proof_mutants_pkey PRIMARY KEY (tenant_id, proof_kind, version);
ALTER TABLE toban.releases ADD CONSTRAINT releases_check CHECK (((result IS NULL) = (ended_at IS NULL)));
ALTER TABLE toban.releases ADD CONSTRAINT releases_kind_check CHECK ((kind = ANY (ARRAY['deploy'::text, 'rollback'::text])));
ALTER TABLE toban.releases ADD CONSTRAINT releases_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE toban.releases ADD CONSTRAINT releases_result_check CHECK ((result = ANY (ARRAY['succeeded'::text, 'rolled-back'::text, 'failed'::text, 'cancelled'::text])));
ALTER TABLE toban.releases ADD CONSTRAINT releases_tenant_id_run_id_key UNIQUE (tenant_id, run_id);
ALTER TABLE toban.run_approvals ADD CONSTRAINT run_approvals_pkey PRIMARY KEY (tenant_id, run_id, step, approver);
ALTER TABLE toban.run_steps ADD CONSTRAINT run_steps_phase_check CHECK ((phase = ANY (ARRAY['do'::text, 'undo'::text])));
ALTER TABLE toban.run_steps ADD CONSTRAINT run_steps_pkey PRIMARY KEY (tenant_id, run_id, phase, index);
ALTER TABLE toban.run_steps ADD CONSTRAINT run_steps_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'intent'::text, 'done'::text, 'failed'::text, 'in_doubt'::text, 'interrupted'::text])));
ALTER TABLE toban.runs ADD CONSTRAINT runs_activity_check CHECK ((activity = ANY (ARRAY['ready'::text, 'acting'::text, 'timer'::text, 'approval'::text, 'signal'::text, 'poll'::text, 'retry'::text, 'held'::text, 'ended'::text])));
ALTER TABLE toban.runs ADD CONSTRAINT runs_check CHECK (((activity = 'ended'::text) = (ended_at IS NOT NULL)));
ALTER TABLE toban.runs ADD CONSTRAINT runs_check1 CHECK (((activity <> 'ended'::text) OR (due_at IS NULL)));
ALTER TABLE toban.runs ADD CONSTRAINT runs_kind_check CHECK ((kind = ANY (ARRAY['rollout'::text, 'runbook'::text, 'drill'::text, 'escalation'::text, 'proof'::text])));
ALTER TABLE toban.runs ADD CONSTRAINT runs_phase_check CHECK ((phase = ANY (ARRAY['do'::text, 'undo'::text])));
ALTER TABLE toban.runs ADD CONSTRAINT runs_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE toban.runs ADD CONSTRAINT runs_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'running'::text, 'waiting'::text, 'in_doubt'::text, 'compensating'::text, 'succeeded'::text, 'failed'::text, 'compensated'::text, 'compensation_failed'::text, 'cancelled'::text, 'parked'::text])));
ALTER TABLE toban.schema_migrations ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (name);
ALTER TABLE toban.sign_in_links ADD CONSTRAINT sign_in_links_pkey PRIMARY KEY (tenant_id, token_hash);
ALTER TABLE toban.tenants ADD CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id);
ALTER TABLE toban.tenants ADD CONSTRAINT tenants_state CHECK ((state = ANY (ARRAY['active'::text, 'suspended'::text, 'deleted'::text, 'purged'::text]))) NOT VALID;
ALTER TABLE toban.tenants ADD CONSTRAINT tenants_tenant_id_check CHECK ((tenant_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text));

ALTER TABLE toban.departments ADD CONSTRAINT departments_tenant_id_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES toban.departments(tenant_id, department_id);
ALTER TABLE toban.incident_causes ADD CONSTRAINT incident_causes_tenant_id_incident_id_fkey FOREIGN KEY (tenant_id, incident_id) REFERENCES toban.incidents(tenant_id, id);
ALTER TABLE toban.incident_timeline ADD CONSTRAINT incident_timeline_tenant_id_incident_id_fkey FOREIGN KEY (tenant_id, incident_id) REFERENCES toban.incidents(tenant_id, id);
ALTER TABLE toban.people ADD CONSTRAINT people_tenant_id_department_id_fkey FOREIGN KEY (tenant_id, department_id) REFERENCES toban.departments(tenant_id, department_id);
ALTER TABLE toban.run_approvals ADD CONSTRAINT run_approvals_tenant_id_run_id_fkey FOREIGN KEY (tenant_id, run_id) REFERENCES toban.runs(tenant_id, id);
ALTER TABLE toban.run_steps ADD CONSTRAINT run_steps_tenant_id_run_id_fkey FOREIGN KEY (tenant_id, run_id) REFERENCES toban.runs(tenant_id, id);
ALTER TABLE toban.runs ADD CONSTRAINT runs_tenant_id_parent_fkey FOREIGN KEY (tenant_id, parent) REFERENCES toban.runs(tenant_id, id);

CREATE INDEX alert_outbox_due ON toban.alert_outbox USING btree (tenant_id, next_at) WHERE (state = 'queued'::text);
CREATE INDEX alert_outbox_episode ON toban.alert_outbox USING btree (tenant_id, episode, channel, "position");
CREATE INDEX alert_transitions_newest ON toban.alert_transitions USING btree (tenant_id, alert_id, at DESC);
CREATE INDEX audit_events_action ON toban.audit_events USING btree (tenant_id, action, ts_us DESC, id DESC);
CREATE INDEX audit_events_actor ON toban.audit_events USING btree (tenant_id, actor_id, ts_us DESC, id DESC);
CREATE INDEX audit_events_class ON toban.audit_events USING btree (tenant_id, class, ts_us DESC, id DESC);
CREATE INDEX audit_events_correlation ON toban.audit_events USING btree (tenant_id, correlation_id);
CREATE INDEX audit_events_refused ON toban.audit_events USING btree (tenant_id, result, ts_us DESC, id DESC) WHERE (result <> 'success'::text);
CREATE INDEX audit_events_resource ON toban.audit_events USING btree (tenant_id, resource, ts_us DESC, id DESC);
CREATE INDEX audit_personal_person ON toban.audit_personal USING btree (tenant_id, value) WHERE (kind = 'person'::text);
CREATE INDEX audit_personal_subject ON toban.audit_personal USING btree (tenant_id, subject);
CREATE INDEX evidence_newest ON toban.evidence USING btree (tenant_id, environment, commitment_id, proof_id, measured_at DESC, id DESC);
CREATE INDEX gate_verdicts_newest ON toban.gate_verdicts USING btree (tenant_id, service, digest, "position" DESC);
CREATE INDEX incident_causes_active ON toban.incident_causes USING btree (tenant_id, cause) WHERE active;
CREATE INDEX incident_timeline_order ON toban.incident_timeline USING btree (tenant_id, incident_id, "position");
CREATE INDEX incidents_newest ON toban.incidents USING btree (tenant_id, opened_at DESC, id DESC);
CREATE INDEX releases_newest ON toban.releases USING btree (tenant_id, service, "position" DESC);
CREATE INDEX runs_due ON toban.runs USING btree (tenant_id, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX runs_newest ON toban.runs USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX runs_parent ON toban.runs USING btree (tenant_id, parent) WHERE (parent IS NOT NULL);
CREATE UNIQUE INDEX audit_verification_runs_open ON toban.audit_verification_runs USING btree (tenant_id) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX departments_root ON toban.departments USING btree (tenant_id) WHERE (parent_id IS NULL);
CREATE UNIQUE INDEX incidents_one_open ON toban.incidents USING btree (tenant_id, key) WHERE (state = 'open'::text);
CREATE UNIQUE INDEX releases_one_running ON toban.releases USING btree (tenant_id, service) WHERE (result IS NULL);
CREATE UNIQUE INDEX runs_target ON toban.runs USING btree (tenant_id, target) WHERE ((target IS NOT NULL) AND (ended_at IS NULL));

ALTER TABLE toban.alert_outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.alert_outbox FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.alert_transitions ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.alert_transitions FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.alerts ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.alerts FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_anchors ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_anchors FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_archives ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_archives FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_events FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_holds FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_leaves ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_leaves FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_personal ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_personal FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_queue ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_queue FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_tiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_tiles FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_trees ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_trees FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_verification_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_verification_runs FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_verifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_verifications FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.definitions ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.definitions FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.departments ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.departments FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.erasures FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.evidence FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.gate_verdicts ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.gate_verdicts FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.incident_causes ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.incident_causes FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.incident_timeline ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.incident_timeline FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.incidents ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.incidents FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.leases ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.leases FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.people ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.people FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.proof_mutants ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.proof_mutants FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.releases ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.releases FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.run_approvals ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.run_approvals FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.run_steps ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.run_steps FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.runs FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.sign_in_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.sign_in_links FORCE ROW LEVEL SECURITY;
ALTER TABLE toban.tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.tenants FORCE ROW LEVEL SECURITY;

CREATE POLICY tenant ON toban.alert_outbox USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.alert_transitions USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.alerts USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.audit_anchors USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.audit_archives USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.audit_events USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.audit_holds USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.audit_leaves USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.audit_personal USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.audit_queue USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.audit_tiles USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.audit_trees USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.audit_verification_runs USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.audit_verifications USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.definitions USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.departments USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.erasures USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.evidence USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.gate_verdicts USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.incident_causes USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.incident_timeline USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.incidents USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.leases USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.people USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.proof_mutants USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.releases USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.run_approvals USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.run_steps USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.runs USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.sign_in_links USING ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));
CREATE POLICY tenant ON toban.tenants USING (((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)) OR (( SELECT toban.current_tenant() AS current_tenant) = 'system'::text))) WITH CHECK ((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)));

GRANT DELETE, INSERT, SELECT ON toban.audit_personal TO toban_app;
GRANT DELETE, INSERT, SELECT ON toban.audit_queue TO toban_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON toban.departments TO toban_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON toban.leases TO toban_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON toban.people TO toban_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON toban.sign_in_links TO toban_app;
GRANT EXECUTE ON FUNCTION toban.audit_queued(p_tenants text[]) TO toban_app;
GRANT EXECUTE ON FUNCTION toban.audit_unanchored(p_tenants text[], p_sinks text[]) TO toban_app;
GRANT EXECUTE ON FUNCTION toban.prune_audit_tile(p_class text, p_tile bigint, p_before timestamp with time zone, p_now timestamp with time zone) TO toban_app;
GRANT EXECUTE ON FUNCTION toban.purge_tenant(p_before timestamp with time zone, p_now timestamp with time zone, p_limit integer) TO toban_app;
GRANT INSERT, SELECT ON toban.alert_transitions TO toban_app;
GRANT INSERT, SELECT ON toban.audit_anchors TO toban_app;
GRANT INSERT, SELECT ON toban.audit_events TO toban_app;
GRANT INSERT, SELECT ON toban.audit_leaves TO toban_app;
GRANT INSERT, SELECT ON toban.audit_tiles TO toban_app;
GRANT INSERT, SELECT ON toban.definitions TO toban_app;
GRANT INSERT, SELECT ON toban.evidence TO toban_app;
GRANT INSERT, SELECT ON toban.gate_verdicts TO toban_app;
GRANT INSERT, SELECT ON toban.incident_timeline TO toban_app;
GRANT INSERT, SELECT ON toban.proof_mutants TO toban_app;
GRANT INSERT, SELECT ON toban.run_approvals TO toban_app;
GRANT INSERT, SELECT ON toban.runs TO toban_app;
GRANT INSERT, SELECT ON toban.tenants TO toban_app;
GRANT INSERT, SELECT, UPDATE ON toban.alert_outbox TO toban_app;
GRANT INSERT, SELECT, UPDATE ON toban.alerts TO toban_app;
GRANT INSERT, SELECT, UPDATE ON toban.audit_archives TO toban_app;
GRANT INSERT, SELECT, UPDATE ON toban.audit_holds TO toban_app;
GRANT INSERT, SELECT, UPDATE ON toban.audit_trees TO toban_app;
GRANT INSERT, SELECT, UPDATE ON toban.audit_verification_runs TO toban_app;
GRANT INSERT, SELECT, UPDATE ON toban.audit_verifications TO toban_app;
GRANT INSERT, SELECT, UPDATE ON toban.erasures TO toban_app;
GRANT INSERT, SELECT, UPDATE ON toban.incident_causes TO toban_app;
GRANT INSERT, SELECT, UPDATE ON toban.incidents TO toban_app;
GRANT INSERT, SELECT, UPDATE ON toban.releases TO toban_app;
GRANT INSERT, SELECT, UPDATE ON toban.run_steps TO toban_app;
GRANT SELECT ON toban.schema_migrations TO toban_app;
GRANT UPDATE ("position") ON toban.audit_queue TO toban_app;
GRANT UPDATE (activity, attempts, cancel, crashes, due_at, ended_at, fence, memo, payload, phase, "position", refusal, round_at, signals, started_at, state, version, wait_done, worker) ON toban.runs TO toban_app;
GRANT UPDATE (deleted_at, state, suspended_at) ON toban.tenants TO toban_app;
GRANT USAGE ON SCHEMA toban TO toban_app;
GRANT USAGE ON SEQUENCE toban.run_fence TO toban_app;
REVOKE ALL ON FUNCTION toban.audit_queued(p_tenants text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION toban.audit_unanchored(p_tenants text[], p_sinks text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION toban.prune_audit_tile(p_class text, p_tile bigint, p_before timestamp with time zone, p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION toban.purge_tenant(p_before timestamp with time zone, p_now timestamp with time zone, p_limit integer) FROM PUBLIC;
