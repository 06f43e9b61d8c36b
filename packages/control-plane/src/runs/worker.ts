import { setTimeout as sleep } from "node:timers/promises";
import type { Ctx } from "../platform/ctx.ts";
import type { Database, Tx } from "../platform/database.ts";
import { refusalOf, TobanError } from "../platform/errors.ts";
import type { Task } from "../platform/tasks.ts";
import { audit, view } from "./commands.ts";
import { decide, type RunEvent } from "./decide.ts";
import { perform } from "./perform.ts";
import { effectAt } from "./plan.ts";
import * as store from "./store.ts";
import type { Action, Attention, Run, RunRecord } from "./types.ts";
import { onWake } from "./wake.ts";

export type WorkerOptions = {
  db: Database;
  ctxFor(tenant: string): Ctx;
  actions: Record<string, Action>;
  /** Asked every few seconds. */
  tenants(): Promise<string[]>;
  /** How long a lost worker's runs wait for another one. Default 10,000. */
  leaseMs?: number;
  /** Runs performed at the same time. Default 8; more than the database's pool holds only makes them wait. */
  concurrency?: number;
  /** Longest time until a run that another process started is seen. Default 250. */
  pollMs?: number;
  /** Called in the transaction that ends the run: short, and only the database. If it throws, the end is tried again. */
  onRunEnded?(tx: Tx, ctx: Ctx, run: Run): Promise<void>;
  /** Called in the transaction after which a person has to look at the run. */
  onAttention?(tx: Tx, ctx: Ctx, run: Run, reason: Attention): Promise<void>;
};

export type Worker = {
  tasks: Task[];
  /** Looks for due runs now. */
  nudge(): void;
  /** When the next run is due, as of the last poll. */
  nextWake(): Date | null;
  /**
   * Takes no more runs, lets the current effects end for `graceMs` (default 5,000), then breaks off the idempotent ones.
   * Others that take longer are found by the next worker, in doubt. Stop the tasks after this: they keep the leases.
   */
  stop(graceMs?: number): Promise<void>;
};

type Held = { ctx: Ctx; run: RunRecord; leaseUntil: number; abort: AbortController };

const TENANTS_FOR_MS = 5_000;
const POSTPONE_MS = 5_000;
const FAILED_WRITES = 3;

/** Performs runs, together with any number of other workers on the same database. */
export function createWorker(options: WorkerOptions): Worker {
  const { db, leaseMs = 10_000, concurrency = 8, pollMs = 250 } = options;
  const holding = new Map<string, Held>();
  const driving = new Set<Promise<void>>();
  let tenants: { names: string[]; at: number } | undefined;
  let polling: Promise<void> | undefined;
  let pollAgain = false;
  /** There was more to claim than there were free places. */
  let backlog = false;
  let next: Date | null = null;
  let wakeTimer: NodeJS.Timeout | undefined;
  let stopping = false;
  const lease = () => (stopping ? null : leaseMs);
  /** Claiming many at once saves transactions. */
  const roomForBacklog = () => backlog && concurrency - holding.size >= concurrency / 2;

  function poll(): Promise<void> {
    if (polling) {
      pollAgain = true;
      return polling;
    }
    polling = pollTenants().finally(() => {
      polling = undefined;
      const again = pollAgain || roomForBacklog();
      pollAgain = false;
      if (again) nudge();
    });
    return polling;
  }

  async function pollTenants(): Promise<void> {
    if (stopping) return;
    clearTimeout(wakeTimer);
    if (!tenants || performance.now() - tenants.at > TENANTS_FOR_MS) {
      tenants = { names: await options.tenants(), at: performance.now() };
    }
    // No tenant is always the first to get the free places.
    const names = [...tenants.names.slice(1), ...tenants.names.slice(0, 1)];
    tenants.names = names;
    backlog = false;
    next = null;
    const failures: unknown[] = [];
    for (const tenant of names) {
      const free = concurrency - holding.size;
      try {
        if (free <= 0 || (await claim(options.ctxFor(tenant), free)) >= free) backlog = true;
      } catch (error) {
        failures.push(error);
      }
    }
    const [tenant] = names;
    const due = next as Date | null;
    if (tenant !== undefined && due) {
      const inMs = due.getTime() - options.ctxFor(tenant).clock.now().getTime();
      if (inMs >= 0 && inMs < pollMs) wakeTimer = setTimeout(nudge, inMs + 1).unref();
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Claims due runs and commits their first intents, all in one transaction. Returns how many. */
  async function claim(ctx: Ctx, free: number): Promise<number> {
    const event = { kind: "claimed", worker: `${process.pid}`, leaseMs } as const;
    const leaseUntil = performance.now() + leaseMs;
    const claimed = await db.tx(ctx, async (tx) => {
      const now = ctx.clock.now();
      // What has cost two workers is performed one at a time, so that it cannot drag others into parking with it.
      let suspects = ![...holding.values()].some(({ run }) => run.crashes > 1);
      const due = await store.lockDueRuns(tx, { now, limit: free, suspects });
      if (due.length === 0) {
        const at = await store.selectNextDue(tx);
        if (at && (!next || at < next)) next = at;
      }
      const changes: store.Change[] = [];
      const alone: RunRecord[] = [];
      for (const run of due) {
        if (run.activity === "acting" && run.crashes > 0) {
          if (!suspects) continue;
          suspects = false;
        }
        const decision = decide(run, event, now);
        if (decision.kind !== "changed") continue;
        // Ends and alarms call into other modules: a failure there must not undo the other claims.
        if (decision.attention || decision.run.activity === "ended") alone.push(run);
        else changes.push({ ...decision, claim: true });
      }
      return { saved: await store.saveRuns(tx, changes), alone };
    });
    for (const run of claimed.saved) hold(ctx, run, leaseUntil);
    for (const run of claimed.alone) await claimAlone(ctx, run, event);
    return claimed.saved.length + claimed.alone.length;
  }

  async function claimAlone(ctx: Ctx, { id, version }: RunRecord, event: RunEvent): Promise<void> {
    try {
      await db.tx(ctx, async (tx) => {
        const run = await store.lockRun(tx, id);
        if (run?.version === version) await apply(tx, ctxOf(ctx, run), run, event, true);
      });
    } catch (error) {
      if (isUnavailable(error)) throw error;
      ctx.log.error({ runId: id, error }, "run could not be written");
      const until = new Date(ctx.clock.now().getTime() + POSTPONE_MS);
      await db.tx(ctx, (tx) => store.postponeRun(tx, { id, version }, until));
    }
  }

  /** Undefined when somebody else has written the run since it was read. */
  async function apply(tx: Tx, ctx: Ctx, run: RunRecord, event: RunEvent, claim = false) {
    const decision = decide(run, event, ctx.clock.now());
    if (decision.kind !== "changed") return undefined;
    const [saved] = await store.saveRuns(tx, [{ ...decision, claim }]);
    if (!saved) return undefined;
    const { state, kind, target } = saved;
    if (decision.attention) {
      const at = { phase: saved.phase, step: saved.position };
      await audit(tx, ctx, saved, `run.${decision.attention}`, at, "failure");
      await options.onAttention?.(tx, ctx, view(saved), decision.attention);
    }
    if (saved.activity === "ended") {
      const details = { kind, target, state, code: saved.refusal?.code ?? null };
      await audit(tx, ctx, saved, "run.end", details, state === "succeeded" ? "success" : "failure");
      await options.onRunEnded?.(tx, ctx, view(saved));
    }
    return saved;
  }

  function hold(ctx: Ctx, run: RunRecord, leaseUntil: number): void {
    if (run.activity !== "acting") return;
    const held: Held = { ctx: ctxOf(ctx, run), run, leaseUntil, abort: new AbortController() };
    const key = `${run.id}:${run.fence}`;
    holding.set(key, held);
    const drive = performSteps(held)
      .catch((error: unknown) => ctx.log.error({ runId: run.id, error }, "run was dropped"))
      .finally(() => {
        holding.delete(key);
        driving.delete(drive);
        if (roomForBacklog()) nudge();
      });
    driving.add(drive);
  }

  async function performSteps(held: Held): Promise<void> {
    do {
      held.abort = new AbortController();
      const late = performance.now() >= held.leaseUntil;
      const outcome = late ? "lost" : await perform(held, options.actions);
      if (outcome === "lost") {
        held.ctx.log.warn({ runId: held.run.id, fence: held.run.fence }, "lease was lost, run is left alone");
        return;
      }
      const event: RunEvent =
        outcome === "stopped" ? { kind: "released" } : { kind: "outcome", outcome, leaseMs: lease() };
      if (!(await commit(held, event))) return;
    } while (held.run.activity === "acting");
  }

  /** Writes the result and the next intent in one transaction. False when the run is no longer ours. */
  async function commit(held: Held, event: RunEvent): Promise<boolean> {
    const { log } = held.ctx;
    for (let attempt = 1; ; attempt++) {
      const startedAt = performance.now();
      try {
        const saved = await db.tx(held.ctx, (tx) => write(tx, held, event));
        if (!saved)
          log.warn({ runId: held.run.id, fence: held.run.fence }, "run was taken over, write refused");
        if (saved) Object.assign(held, { run: saved, leaseUntil: startedAt + leaseMs });
        return saved !== undefined;
      } catch (error) {
        const lost =
          performance.now() >= held.leaseUntil || (!isUnavailable(error) && attempt >= FAILED_WRITES);
        log[lost ? "error" : "warn"]({ runId: held.run.id, attempt, error }, "result could not be written");
        if (lost) return false;
        await sleep(Math.min(25 * 2 ** attempt, 500));
      }
    }
  }

  async function write(tx: Tx, { ctx, run }: Held, event: RunEvent): Promise<RunRecord | undefined> {
    const saved = await apply(tx, ctx, run, event);
    if (saved) return saved;
    const fresh = await store.lockRun(tx, run.id);
    if (fresh?.fence !== run.fence) return undefined;
    const same = fresh.phase === run.phase && fresh.position === run.position && fresh.activity === "acting";
    // Same step: a cancel or a signal came in between. Another: our commit went through, but its answer was lost.
    return same ? apply(tx, ctx, fresh, event) : fresh;
  }

  async function heartbeat(): Promise<void> {
    const all = [...holding.values()];
    for (const tenant of new Set(all.map((held) => held.ctx.tenant))) {
      const runs = all.filter((held) => held.ctx.tenant === tenant);
      const ctx = options.ctxFor(tenant);
      const startedAt = performance.now();
      try {
        const until = new Date(ctx.clock.now().getTime() + leaseMs);
        const held = runs.map(({ run }) => ({ id: run.id, fence: run.fence }));
        const renewed = await db.tx(ctx, (tx) => store.renewLeases(tx, held, until));
        for (const run of runs) {
          if (renewed.has(run.run.id)) run.leaseUntil = Math.max(run.leaseUntil, startedAt + leaseMs);
          else run.abort.abort("lost");
        }
      } finally {
        for (const run of runs) if (performance.now() >= run.leaseUntil) run.abort.abort("lost");
      }
    }
  }

  function nudge(): void {
    // A failure is reported by the next poll of the task.
    if (!stopping) poll().catch(() => {});
  }

  const wake = () => {
    tenants = undefined;
    nudge();
  };
  const forget = onWake(wake);

  return {
    tasks: [
      { name: "runs.poll", periodMs: pollMs, run: poll },
      { name: "runs.heartbeat", periodMs: leaseMs / 3, run: heartbeat },
    ],
    nudge: wake,
    nextWake: () => next,
    async stop(graceMs = 5_000) {
      stopping = true;
      forget();
      clearTimeout(wakeTimer);
      await polling?.catch(() => {});
      const idle = () => Promise.all(driving);
      const grace = new AbortController();
      await Promise.race([idle(), sleep(graceMs, undefined, { signal: grace.signal }).catch(() => {})]);
      grace.abort();
      const left = [...holding.values()].filter(({ run }) => effectAt(run)?.idempotent);
      for (const held of left) held.abort.abort("stopping");
      if (left.length > 0) await Promise.race([idle(), sleep(2_000)]);
    },
  };
}

const ctxOf = (ctx: Ctx, run: RunRecord): Ctx => ({ ...ctx, correlationId: run.correlationId });

const isUnavailable = (error: unknown) =>
  error instanceof TobanError && refusalOf(error).kind === "unavailable";
