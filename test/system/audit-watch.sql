-- Watches that no state changes without an audit event in the same transaction. Installed by a test,
-- as the superuser, into the database of a running Toban: violations are collected, not raised.
CREATE SCHEMA IF NOT EXISTS watch;
GRANT USAGE ON SCHEMA watch TO toban_app;
CREATE TABLE watch.violations (at timestamptz DEFAULT now(), relation text, operation text, content text);
CREATE TABLE watch.seen (relation text);
GRANT INSERT, SELECT ON watch.violations, watch.seen TO toban_app;

CREATE FUNCTION watch.needs_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO watch.seen VALUES (TG_TABLE_NAME);
  IF NOT EXISTS (SELECT FROM toban.audit_events WHERE xmin = pg_current_xact_id()::xid) THEN
    INSERT INTO watch.violations (relation, operation, content) VALUES (TG_TABLE_NAME, TG_OP, left(NEW::text, 500));
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE
  -- Table, and the condition under which a change of a row is a change of state (not of progress).
  watched text[][] := ARRAY[
    ['tenants', NULL],
    ['definitions', NULL],
    ['evidence', NULL],
    ['sign_in_links', NULL],
    ['alert_transitions', NULL],
    ['incidents', NULL],
    ['run_approvals', NULL],
    ['erasures', NULL],
    ['releases', 'result']
  ];
  entry text[];
BEGIN
  FOREACH entry SLICE 1 IN ARRAY watched LOOP
    EXECUTE format(
      'CREATE CONSTRAINT TRIGGER watch_insert AFTER INSERT ON toban.%I DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION watch.needs_audit()', entry[1]);
    EXECUTE format(
      'CREATE CONSTRAINT TRIGGER watch_update AFTER UPDATE ON toban.%I DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW %s EXECUTE FUNCTION watch.needs_audit()', entry[1],
      CASE WHEN entry[2] IS NULL THEN '' ELSE format('WHEN (OLD.%I IS DISTINCT FROM NEW.%I)', entry[2], entry[2]) END);
  END LOOP;
  -- Of a run, the start, the end and the request to cancel are changes of state.
  CREATE CONSTRAINT TRIGGER watch_insert AFTER INSERT ON toban.runs DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION watch.needs_audit();
  CREATE CONSTRAINT TRIGGER watch_end AFTER UPDATE ON toban.runs DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.ended_at IS DISTINCT FROM NEW.ended_at) EXECUTE FUNCTION watch.needs_audit();
END $$;
