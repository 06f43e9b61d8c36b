import { afterAll, afterEach, beforeAll } from "vitest";
import { search } from "../../audit/index.ts";
import { invalid } from "../../platform/errors.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing.ts";
import { type Action, requestCancel, type WorkerOptions } from "../index.ts";
import { done, runWorker } from "./harness.ts";

/** A database for the test file, a worker for each test, and what its actions were called for. */
export function openScene() {
  let t: TestDatabase;
  let worker: ReturnType<typeof runWorker> | undefined;
  let calls: string[] = [];

  beforeAll(async () => {
    t = await createTestDatabase();
  });
  afterEach(async () => {
    await worker?.stop();
    worker = undefined;
    calls = [];
  });
  afterAll(() => t?.close());

  const effect: Action = async (s) => {
    calls.push(s.effectKey.slice(s.runId.length + 1));
    return done({ key: s.effectKey });
  };
  const refuse: Action = async () => {
    throw invalid("target_says_no", "The target says no.", "Ask it why.");
  };

  return {
    get t() {
      return t;
    },
    get worker() {
      return worker;
    },
    /** `phase:index` of every call, in order. */
    get calls() {
      return calls;
    },
    effect,
    work(actions: Record<string, Action> = {}, options: Partial<WorkerOptions> = {}) {
      worker = runWorker(t, { actions: { effect, refuse, ...actions }, ...options });
      return worker;
    },
    cancel: (id: string) => t.db.tx(t.ctx, (tx) => requestCancel(tx, t.ctx, id, "enough")),
    /** What the audit record says of the run, oldest first. */
    audited: async (id: string) =>
      (await t.db.tx(t.ctx, (tx) => search(tx, { resource: `run/${id}` })))
        .map((row) => row.action)
        .reverse(),
  };
}
