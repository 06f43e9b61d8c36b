-- The audit record as a Merkle log per tenant and class (RFC 6962): queue → leaves → tiles, and the head of each tree.
SET lock_timeout = '2s';

-- The canonical bytes are made where the event is: in the business transaction. Rows of older versions have none;
-- the sequencer makes theirs from the event's columns.
ALTER TABLE toban.audit_queue ADD COLUMN class text;
ALTER TABLE toban.audit_queue ADD COLUMN leaf bytea;
ALTER TABLE toban.audit_queue DROP CONSTRAINT audit_queue_tenant_id_event_id_fkey;

-- Personal values behind the salted commitments in events and leaves; the only place that knows them.
CREATE TABLE toban.audit_personal (
  tenant_id  text NOT NULL,
  commitment text NOT NULL CHECK (commitment ~ '^~[A-Za-z0-9_-]{43}$'),
  kind       text NOT NULL CHECK (kind IN ('person', 'value')),
  -- Whom the value is about: what an erasure request names.
  subject    text NOT NULL,
  value      text NOT NULL,
  salt       bytea NOT NULL CHECK (octet_length(salt) = 32),
  -- What an erasure removes again from a restored backup is what was written before it, and nothing later.
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, commitment)
);
-- Not unique: two transactions that name a new person at once would wait for each other's end, and lock each other up.
-- Then a person has two pseudonyms; both are known, found and erased.
CREATE INDEX audit_personal_person ON toban.audit_personal (tenant_id, value) WHERE kind = 'person';
CREATE INDEX audit_personal_subject ON toban.audit_personal (tenant_id, subject);
ALTER TABLE toban.audit_personal ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_personal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.audit_personal
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, DELETE ON toban.audit_personal TO toban_app;

CREATE TABLE toban.audit_leaves (
  tenant_id text NOT NULL,
  class     text NOT NULL CHECK (class IN ('auth', 'operation', 'admin', 'access')),
  seq       bigint NOT NULL CHECK (seq >= 0),
  event_id  text NOT NULL,
  leaf      bytea NOT NULL,
  PRIMARY KEY (tenant_id, class, seq),
  UNIQUE (tenant_id, event_id)
);
ALTER TABLE toban.audit_leaves ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_leaves FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.audit_leaves
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT ON toban.audit_leaves TO toban_app;

-- 256 leaf hashes each, written when full; they stay when the leaves are pruned.
CREATE TABLE toban.audit_tiles (
  tenant_id text NOT NULL,
  class     text NOT NULL,
  tile      bigint NOT NULL CHECK (tile >= 0),
  hashes    bytea NOT NULL CHECK (octet_length(hashes) = 8192),
  root      bytea NOT NULL CHECK (octet_length(root) = 32),
  pruned_at timestamptz,
  PRIMARY KEY (tenant_id, class, tile)
);
ALTER TABLE toban.audit_tiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_tiles FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.audit_tiles
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT ON toban.audit_tiles TO toban_app;

-- The head of a tree: its row lock is what makes appending serial among replicas.
CREATE TABLE toban.audit_trees (
  tenant_id text NOT NULL,
  class     text NOT NULL CHECK (class IN ('auth', 'operation', 'admin', 'access')),
  size      bigint NOT NULL,
  root      bytea NOT NULL CHECK (octet_length(root) = 32),
  -- Roots of the perfect subtrees, largest first, 32 bytes each.
  frontier  bytea NOT NULL,
  -- The signed checkpoint of this size and root.
  note      text NOT NULL,
  sealed_at timestamptz NOT NULL,
  -- Leaves below this sequence are pruned.
  pruned    bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, class)
);
ALTER TABLE toban.audit_trees ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_trees FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.audit_trees
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE ON toban.audit_trees TO toban_app;

-- Checkpoints that a sink outside this database has acknowledged.
CREATE TABLE toban.audit_anchors (
  tenant_id   text NOT NULL,
  class       text NOT NULL,
  size        bigint NOT NULL,
  sink        text NOT NULL,
  root        bytea NOT NULL CHECK (octet_length(root) = 32),
  note        text NOT NULL,
  anchored_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, class, sink, size)
);
ALTER TABLE toban.audit_anchors ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_anchors FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.audit_anchors
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT ON toban.audit_anchors TO toban_app;

-- How far the continuous verification has come, and what it found.
CREATE TABLE toban.audit_verifications (
  tenant_id   text NOT NULL,
  class       text NOT NULL,
  size        bigint NOT NULL,
  frontier    bytea NOT NULL,
  verified_at timestamptz NOT NULL,
  full_at     timestamptz,
  -- `{ code, reason, remedy, seq }` of what does not hold; null while everything does.
  failure     jsonb,
  PRIMARY KEY (tenant_id, class)
);
ALTER TABLE toban.audit_verifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_verifications FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.audit_verifications
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE ON toban.audit_verifications TO toban_app;

-- While one of these is open, nothing of the tenant's audit log is pruned and the tenant is not purged.
CREATE TABLE toban.audit_holds (
  tenant_id   text NOT NULL,
  id          text NOT NULL,
  reason      text NOT NULL,
  created_by  text NOT NULL,
  created_at  timestamptz NOT NULL,
  released_by text,
  released_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
ALTER TABLE toban.audit_holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.audit_holds FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.audit_holds
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE ON toban.audit_holds TO toban_app;

-- Erasure requests. The subject is kept as a keyed digest: the record must not bring back what it erased.
CREATE TABLE toban.erasures (
  tenant_id      text NOT NULL,
  id             text NOT NULL,
  subject_digest text NOT NULL,
  requested_by   text NOT NULL,
  requested_at   timestamptz NOT NULL,
  completed_at   timestamptz,
  removed        integer,
  PRIMARY KEY (tenant_id, id)
);
ALTER TABLE toban.erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.erasures FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.erasures
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE ON toban.erasures TO toban_app;

-- The only way to remove leaves, since the application's role may not delete them: one whole tile, oldest first, that a
-- checkpoint anchored before `p_before` covers, and never under a hold. Runs as the owner, for whom row-level
-- security is forced too. Returns how many leaves went.
CREATE FUNCTION toban.prune_audit_tile(p_class text, p_tile bigint, p_before timestamptz, p_now timestamptz)
  RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
END $$;
REVOKE ALL ON FUNCTION toban.prune_audit_tile(text, bigint, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION toban.prune_audit_tile(text, bigint, timestamptz, timestamptz) TO toban_app;
