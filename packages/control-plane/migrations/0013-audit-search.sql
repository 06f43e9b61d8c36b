-- Searching the audit record, newest first, by each kind of filter.
-- Only CONCURRENTLY statements: such a file runs outside a transaction, and from its beginning when it was broken off.
-- forward-fix: the version before uses none of these indexes, and the one that goes has a replacement.
SET lock_timeout = 0;

-- Without a filter, a search merges the four classes: one index serves it and the filter by class.
DROP INDEX CONCURRENTLY IF EXISTS toban.audit_events_class;
CREATE INDEX CONCURRENTLY audit_events_class ON toban.audit_events (tenant_id, class, ts_us DESC, id DESC);
DROP INDEX CONCURRENTLY IF EXISTS toban.audit_events_actor;
CREATE INDEX CONCURRENTLY audit_events_actor ON toban.audit_events (tenant_id, actor_id, ts_us DESC, id DESC);
DROP INDEX CONCURRENTLY IF EXISTS toban.audit_events_action;
CREATE INDEX CONCURRENTLY audit_events_action ON toban.audit_events (tenant_id, action, ts_us DESC, id DESC);
DROP INDEX CONCURRENTLY IF EXISTS toban.audit_events_resource;
CREATE INDEX CONCURRENTLY audit_events_resource ON toban.audit_events (tenant_id, resource, ts_us DESC, id DESC);
DROP INDEX CONCURRENTLY IF EXISTS toban.audit_events_correlation;
CREATE INDEX CONCURRENTLY audit_events_correlation ON toban.audit_events (tenant_id, correlation_id);
DROP INDEX CONCURRENTLY IF EXISTS toban.audit_events_refused;
CREATE INDEX CONCURRENTLY audit_events_refused ON toban.audit_events (tenant_id, result, ts_us DESC, id DESC)
  WHERE result <> 'success';
DROP INDEX CONCURRENTLY IF EXISTS toban.audit_events_newest;
