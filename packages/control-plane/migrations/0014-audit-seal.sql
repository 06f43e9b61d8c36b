-- What the tasks of the audit log ask in one round trip however many tenants there are.
-- forward-fix: nothing that ran before uses what is added here.
SET lock_timeout = '2s';

-- FOR UPDATE asks for the right to update a column. This one is always generated: it takes no value from anybody.
GRANT UPDATE (position) ON toban.audit_queue TO toban_app;

-- The tenants among these that have unsealed events, and when the oldest one happened. It acts as one tenant after the
-- other with the caller's rights: row-level security decides about every row.
CREATE FUNCTION toban.audit_queued(p_tenants text[]) RETURNS TABLE (tenant text, oldest_us bigint)
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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
END $$;
REVOKE ALL ON FUNCTION toban.audit_queued(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION toban.audit_queued(text[]) TO toban_app;

-- The tenants among these that have a head which one of the sinks has not acknowledged.
CREATE FUNCTION toban.audit_unanchored(p_tenants text[], p_sinks text[]) RETURNS SETOF text
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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
END $$;
REVOKE ALL ON FUNCTION toban.audit_unanchored(text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION toban.audit_unanchored(text[], text[]) TO toban_app;
