-- The life of a tenant, its people and their role levels.
-- forward-fix: nothing that ran before reads or writes what is added here.
SET lock_timeout = '2s';

ALTER TABLE toban.tenants ADD COLUMN state text NOT NULL DEFAULT 'active';
ALTER TABLE toban.tenants ADD CONSTRAINT tenants_state
  CHECK (state IN ('active', 'suspended', 'deleted', 'purged')) NOT VALID;
ALTER TABLE toban.tenants ADD COLUMN suspended_at timestamptz;
ALTER TABLE toban.tenants ADD COLUMN deleted_at timestamptz;
-- A purged tenant's row stays, without its name: its id is never given again, because anchors know it.
ALTER TABLE toban.tenants ADD COLUMN purged_at timestamptz;
-- What the physical removal met and removed so far, `{ heads, rows }`; null until it begins.
ALTER TABLE toban.tenants ADD COLUMN purge jsonb;
-- Only the function below says what was purged.
GRANT UPDATE (state, suspended_at, deleted_at) ON toban.tenants TO toban_app;

CREATE TABLE toban.departments (
  tenant_id     text NOT NULL,
  department_id text NOT NULL,
  parent_id     text,
  name          text NOT NULL,
  created_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, department_id),
  FOREIGN KEY (tenant_id, parent_id) REFERENCES toban.departments (tenant_id, department_id)
);
CREATE UNIQUE INDEX departments_root ON toban.departments (tenant_id) WHERE parent_id IS NULL;
ALTER TABLE toban.departments ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.departments FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.departments
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON toban.departments TO toban_app;

CREATE TABLE toban.people (
  tenant_id     text NOT NULL,
  -- What the person signs in as; an actor is `person:<person_id>`.
  person_id     text NOT NULL,
  name          text NOT NULL,
  email         text,
  role_level    integer NOT NULL CHECK (role_level BETWEEN 1 AND 6),
  department_id text NOT NULL,
  created_at    timestamptz NOT NULL,
  removed_at    timestamptz,
  PRIMARY KEY (tenant_id, person_id),
  FOREIGN KEY (tenant_id, department_id) REFERENCES toban.departments (tenant_id, department_id)
);
ALTER TABLE toban.people ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.people FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.people
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON toban.people TO toban_app;

-- Removes rows of the current tenant, at most about `p_limit` per call: 30 days or more after its deletion, whatever
-- the caller says, and never under a legal hold. The application's role cannot delete audit rows; this function runs
-- as the owner, for whom row-level security is forced too. Returns `{ heads, rows, done }`: the heads of the audit
-- trees as the first call met them, the rows removed so far by table. The last call empties the tenant's own row.
CREATE FUNCTION toban.purge_tenant(p_before timestamptz, p_now timestamptz, p_limit integer)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
END $$;
REVOKE ALL ON FUNCTION toban.purge_tenant(timestamptz, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION toban.purge_tenant(timestamptz, timestamptz, integer) TO toban_app;
