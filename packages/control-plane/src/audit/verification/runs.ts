import type { Ctx } from "../../platform/ctx.ts";
import type { Tx } from "../../platform/database.ts";
import { conflict, refusalOf, TobanError, unavailable } from "../../platform/errors.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { Task } from "../../platform/tasks.ts";
import { actorPseudonym, namesOf } from "../record/pseudonyms.ts";
import { record } from "../record/record.ts";
import { type ContinuousDeps, verifyPass } from "./continuous.ts";
import { type FullDeps, type Progress, verifyFully } from "./full.ts";
import * as store from "./store.ts";
import * as runStore from "./store-runs.ts";
import type { AuditFailure } from "./types.ts";

export type VerificationDeps = FullDeps &
  ContinuousDeps & {
    tenants(): Promise<string[]>;
    ctxFor(tenant: string): Ctx;
    metrics: Metrics;
    /** When it is aborted, a full verification stops where it is; another process, or the next start, begins it again. */
    signal?: AbortSignal;
  };

const DAY_MS = 86_400_000;
/** A tree that fails is read in full again this often: to name all that is wrong, and to see when it is repaired. */
const FAILING_MS = 3_600_000;
const QUIET_MS = 60_000;
const PROGRESS_MS = 1_000;

/** Asks for a full verification of the caller's tenant. @throws `conflict("verification_running")` */
export async function requestVerification(deps: VerificationDeps, ctx: Ctx): Promise<{ id: string }> {
  const id = ctx.newId();
  await deps.db.tx(ctx, async (tx) => {
    if (!(await runStore.insertRun(tx, ctx, id, await actorPseudonym(tx, ctx)))) {
      throw conflict(
        "verification_running",
        "A full verification of this tenant is under way.",
        "Wait for its end: GET /v1/audit/verifications shows it.",
      );
    }
    await record(tx, ctx, {
      action: "audit.verify",
      resource: `audit-verification/${id}`,
      result: "success",
    });
  });
  return { id };
}

/** Newest first, or the one; with the names of those whom nobody has erased. */
export async function shownRuns(
  tx: Tx,
  wanted: { id: string } | { limit: number },
): Promise<runStore.VerificationRun[]> {
  const runs =
    "id" in wanted ? [await runStore.readRun(tx, wanted.id)] : await runStore.listRuns(tx, wanted.limit);
  const known = runs.filter((run) => run !== undefined);
  const named = await namesOf(
    tx,
    known.map((run) => run.requestedBy),
  );
  return known.map((run) => ({ ...run, requestedBy: named(run.requestedBy) }));
}

/** A pass now: what it finds, and what earlier ones found that no full verification has seen repaired. */
export async function requestPass(deps: VerificationDeps, ctx: Ctx): Promise<AuditFailure[]> {
  const found = await verifyPass(deps, ctx);
  const known = await deps.db.tx(ctx, (tx) => store.listFailing(tx));
  await deps.db.tx(ctx, (tx) =>
    record(tx, ctx, {
      action: "audit.verify",
      resource: "audit",
      result: "success",
      details: { failures: found.length },
    }),
  );
  const isNew = ({ failure }: { failure: AuditFailure }) =>
    !found.some((one) => one.code === failure.code && one.class === failure.class && one.seq === failure.seq);
  return [...found, ...known.filter(isNew).map((row) => row.failure)];
}

/** Small passes over every tenant, for ever. */
export const continuousTask = (deps: VerificationDeps): Task => ({
  name: "audit.verify",
  periodMs: 5_000,
  async run() {
    for (const tenant of await deps.tenants()) {
      const ctx = deps.ctxFor(tenant);
      const before = await failing(deps, ctx);
      const failures = await verifyPass(deps, ctx);
      const now = await failing(deps, ctx);
      for (const one of failures) if (!before.has(one.class)) tell(ctx, one);
      deps.metrics.gauge("toban.audit.verify_failures", now.size, { tenant });
    }
  },
});

/** Performs the full verifications that were asked for, and asks for one every day. */
export const fullTask = (deps: VerificationDeps): Task => ({
  name: "audit.verify.full",
  periodMs: 1_000,
  async run() {
    for (const tenant of await deps.tenants()) {
      if (deps.signal?.aborted) return;
      const ctx = deps.ctxFor(tenant);
      await requestWhenDue(deps, ctx);
      await performOpen(deps, ctx);
    }
  },
});

async function requestWhenDue(deps: VerificationDeps, ctx: Ctx): Promise<void> {
  const last = await deps.db.tx(ctx, (tx) => runStore.lastEnded(tx));
  const every = (await failing(deps, ctx)).size > 0 ? FAILING_MS : DAY_MS;
  if (last && ctx.clock.now().getTime() - last.getTime() < every) return;
  if (!last && (await deps.db.tx(ctx, (tx) => store.readTrees(tx))).length === 0) return;
  await requestVerification(deps, ctx).catch((error) => {
    if (!(error instanceof TobanError && error.kind === "conflict")) throw error;
  });
}

async function performOpen(deps: VerificationDeps, ctx: Ctx): Promise<void> {
  const now = ctx.clock.now();
  const run = await deps.db.tx(ctx, (tx) => runStore.claimRun(tx, now, new Date(now.getTime() - QUIET_MS)));
  if (!run) return;
  let progress: Progress = { done: 0, total: 0, trees: 0, failures: [] };
  let writing: Promise<unknown> = Promise.resolve();
  const write = () => {
    const seen = progress;
    writing = writing
      .then(() => deps.db.tx(ctx, (tx) => runStore.writeProgress(tx, run.id, ctx.clock.now(), seen)))
      .catch((error) => ctx.log.warn({ error }, "the progress of a verification was not written"));
  };
  const timer = setInterval(write, PROGRESS_MS);
  let refusal: ReturnType<typeof refusalOf> | null = null;
  try {
    progress = await verifyFully(deps, ctx, (next) => {
      progress = next;
      deps.signal?.throwIfAborted();
    });
  } catch (error) {
    refusal = refusalOf(error);
  } finally {
    clearInterval(timer);
  }
  write();
  await writing;
  // Not ended: whoever starts next takes it over.
  if (deps.signal?.aborted) return;
  await deps.db.tx(ctx, (tx) => runStore.endRun(tx, run.id, ctx.clock.now(), refusal));
  for (const one of progress.failures) tell(ctx, one);
  deps.metrics.gauge("toban.audit.verify_failures", (await failing(deps, ctx)).size, { tenant: ctx.tenant });
  if (refusal) {
    throw unavailable("verification_not_done", refusal.reason, refusal.remedy);
  }
}

const failing = async (deps: VerificationDeps, ctx: Ctx) =>
  new Set<AuditFailure["class"]>(
    (await deps.db.tx(ctx, (tx) => store.listFailing(tx))).map((row) => row.failure.class),
  );

const tell = (ctx: Ctx, failure: AuditFailure) =>
  ctx.log.error({ tenant: ctx.tenant, ...failure }, "the audit record does not hold");
