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
GRANT UPDATE ON toban.tenants TO toban_app;

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

-- Removes every row of the current tenant, 30 days or more after its deletion and never under a legal hold. The
-- application's role cannot delete audit rows; this function runs as the owner, for whom row-level security is forced
-- too. Returns the removed rows by table.
CREATE FUNCTION toban.purge_tenant(p_before timestamptz, p_now timestamptz)
  RETURNS TABLE (relation text, removed bigint)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant text := toban.current_tenant();
  v_relation text;
  v_removed bigint;
  v_left text[];
  v_blocked text[];
BEGIN
  PERFORM FROM toban.tenants t WHERE t.tenant_id = v_tenant AND t.state = 'deleted'
    AND t.deleted_at <= p_before AND p_before <= p_now AND p_now <= clock_timestamp() + interval '5 minutes'
    FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tenant % was not deleted before %', v_tenant, p_before USING ERRCODE = 'TB004';
  END IF;
  IF EXISTS (SELECT FROM toban.audit_holds h WHERE h.tenant_id = v_tenant AND h.released_at IS NULL) THEN
    RAISE EXCEPTION 'a legal hold is open' USING ERRCODE = 'TB003';
  END IF;
  v_left := ARRAY(
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE n.nspname = 'toban' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'tenants'
    ORDER BY c.relname);
  -- Referenced tables refuse until the rows that refer to them are gone.
  WHILE cardinality(v_left) > 0 LOOP
    v_blocked := '{}';
    FOREACH v_relation IN ARRAY v_left LOOP
      BEGIN
        EXECUTE format('DELETE FROM toban.%I WHERE tenant_id = $1', v_relation) USING v_tenant;
        GET DIAGNOSTICS v_removed = ROW_COUNT;
        IF v_removed > 0 THEN
          relation := v_relation;
          removed := v_removed;
          RETURN NEXT;
        END IF;
      EXCEPTION WHEN foreign_key_violation OR restrict_violation THEN
        v_blocked := v_blocked || v_relation;
      END;
    END LOOP;
    IF cardinality(v_blocked) = cardinality(v_left) THEN
      RAISE EXCEPTION 'rows of % cannot be removed', v_blocked USING ERRCODE = 'TB005';
    END IF;
    v_left := v_blocked;
  END LOOP;
  UPDATE toban.tenants SET state = 'purged', name = '', purged_at = p_now WHERE tenant_id = v_tenant;
END $$;
REVOKE ALL ON FUNCTION toban.purge_tenant(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION toban.purge_tenant(timestamptz, timestamptz) TO toban_app;
