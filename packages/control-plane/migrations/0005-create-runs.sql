-- One sequence for all runs: a later claim has a larger fence, also on another run of the same target.
CREATE SEQUENCE toban.run_fence AS bigint;
GRANT USAGE ON SEQUENCE toban.run_fence TO toban_app;

CREATE TABLE toban.runs (
  tenant_id      text NOT NULL,
  id             text NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('rollout', 'runbook', 'drill', 'escalation', 'proof')),
  target         text,
  plan           jsonb NOT NULL,
  plan_hash      text NOT NULL,
  requested_by   text NOT NULL,
  parent         text,
  correlation_id text NOT NULL,
  state          text NOT NULL CHECK (state IN ('pending', 'running', 'waiting', 'in_doubt', 'compensating',
                   'succeeded', 'failed', 'compensated', 'compensation_failed', 'cancelled', 'parked')),
  phase          text NOT NULL CHECK (phase IN ('do', 'undo')),
  position       integer NOT NULL,
  activity       text NOT NULL CHECK (activity IN ('ready', 'acting', 'timer', 'approval', 'signal', 'poll',
                   'retry', 'held', 'ended')),
  wait_done      boolean NOT NULL,
  payload        jsonb,
  memo           jsonb,
  attempts       integer NOT NULL,
  crashes        integer NOT NULL,
  round_at       timestamptz,
  signals        jsonb NOT NULL,
  cancel         jsonb,
  refusal        jsonb,
  -- When a worker must look at the run again: end of a wait, or end of the holder's lease. NULL: nobody need.
  due_at         timestamptz,
  fence          bigint NOT NULL,
  version        bigint NOT NULL,
  worker         text,
  created_at     timestamptz NOT NULL,
  started_at     timestamptz,
  ended_at       timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, parent) REFERENCES toban.runs (tenant_id, id),
  CHECK ((activity = 'ended') = (ended_at IS NOT NULL)),
  CHECK (activity <> 'ended' OR due_at IS NULL)
);
-- The target lock: one unfinished run per target.
CREATE UNIQUE INDEX runs_target ON toban.runs (tenant_id, target) WHERE target IS NOT NULL AND ended_at IS NULL;
CREATE INDEX runs_due ON toban.runs (tenant_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX runs_newest ON toban.runs (tenant_id, created_at DESC, id DESC);
CREATE INDEX runs_parent ON toban.runs (tenant_id, parent) WHERE parent IS NOT NULL;
ALTER TABLE toban.runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.runs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.runs
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT ON toban.runs TO toban_app;
-- The plan is frozen by the database: the application may not update it, its hash, its target or its requester.
GRANT UPDATE (state, phase, position, activity, wait_done, payload, memo, attempts, crashes, round_at, signals,
  cancel, refusal, due_at, fence, version, worker, started_at, ended_at) ON toban.runs TO toban_app;

CREATE TABLE toban.run_steps (
  tenant_id    text NOT NULL,
  run_id       text NOT NULL,
  phase        text NOT NULL CHECK (phase IN ('do', 'undo')),
  index        integer NOT NULL,
  state        text NOT NULL CHECK (state IN ('waiting', 'intent', 'done', 'failed', 'in_doubt', 'interrupted')),
  -- The effect has, or may have, happened: compensation has to undo it.
  touched      boolean NOT NULL,
  fence        bigint NOT NULL,
  input_digest text,
  output       jsonb,
  refusal      jsonb,
  started_at   timestamptz NOT NULL,
  ended_at     timestamptz,
  PRIMARY KEY (tenant_id, run_id, phase, index),
  FOREIGN KEY (tenant_id, run_id) REFERENCES toban.runs (tenant_id, id)
);
ALTER TABLE toban.run_steps ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.run_steps FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.run_steps
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
GRANT SELECT, INSERT, UPDATE ON toban.run_steps TO toban_app;

CREATE TABLE toban.run_approvals (
  tenant_id    text NOT NULL,
  run_id       text NOT NULL,
  step         integer NOT NULL,
  approver     text NOT NULL,
  plan_hash    text NOT NULL,
  input_digest text NOT NULL,
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, run_id, step, approver),
  FOREIGN KEY (tenant_id, run_id) REFERENCES toban.runs (tenant_id, id)
);
ALTER TABLE toban.run_approvals ENABLE ROW LEVEL SECURITY;
ALTER TABLE toban.run_approvals FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON toban.run_approvals
  USING (tenant_id = (SELECT toban.current_tenant()))
  WITH CHECK (tenant_id = (SELECT toban.current_tenant()));
-- What was approved stays approved by whom it was.
GRANT SELECT, INSERT ON toban.run_approvals TO toban_app;
