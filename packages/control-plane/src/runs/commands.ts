import { record } from "../audit/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Tx } from "../platform/database.ts";
import { conflict, forbidden, notFound, type Refusal } from "../platform/errors.ts";
import type { Json } from "../platform/json.ts";
import { type Approval, actorText, decideApproval, type Presented } from "./approve.ts";
import { decide, type RunEvent } from "./decide.ts";
import { assertPlan, digestOf, renderInput, storable } from "./plan.ts";
import * as store from "./store.ts";
import type { Plan, Run, RunRecord } from "./types.ts";
import { wakeWorkers } from "./wake.ts";

/**
 * Starts a run in the caller's transaction; a worker takes it after the commit.
 * @param input.requestedBy `kind:id`; default: the actor of `ctx`. Cannot approve the run's steps.
 * @throws `conflict("target_locked")` naming the run that holds the plan's target; `invalid` for a plan that cannot run.
 */
export async function startRun(
  tx: Tx,
  ctx: Ctx,
  input: { plan: Plan; requestedBy?: string; parent?: string },
): Promise<Run> {
  // What is stored is what was hashed: a copy without undefined, functions or later changes.
  const plan: Plan = JSON.parse(storable(input.plan));
  assertPlan(plan);
  const fresh = {
    id: ctx.newId(),
    plan,
    planHash: digestOf(plan),
    requestedBy: input.requestedBy ?? actorText(ctx.actor),
    parent: input.parent ?? null,
    correlationId: ctx.correlationId,
    createdAt: ctx.clock.now(),
  };
  let run: RunRecord | undefined;
  while (!run) {
    run = await store.insertRun(tx, ctx.tenant, fresh);
    // The holder may have ended between the two statements.
    const holder = run ? undefined : await store.selectHolder(tx, plan.target ?? "");
    if (holder) {
      throw conflict(
        "target_locked",
        `${plan.target} is held by the run ${holder.id} (${holder.state}).`,
        `Wait until run ${holder.id} ends, or cancel it.`,
      );
    }
  }
  await audit(tx, ctx, run, "run.start", { kind: run.kind, target: run.target, planHash: run.planHash });
  wakeWorkers();
  return view(run);
}

/** @throws `not_found`, also for a run of another tenant. */
export async function getRun(tx: Tx, id: string): Promise<Run> {
  return view((await store.selectRun(tx, id)) ?? missing(id));
}

/** Newest first, with their steps. */
export async function listRuns(tx: Tx, filter: store.RunFilter = {}): Promise<Run[]> {
  return (await store.selectRuns(tx, filter)).map(view);
}

/** When the next run of this tenant needs a worker; null: none does without an event. */
export const nextWake = store.selectNextDue;

/**
 * Asks for a cancel; the worker takes it at the next boundary of a step, in waits and at polls, and compensates.
 * Repeating it, or asking while the run compensates, changes nothing. @throws `conflict("run_ended")`
 */
export function requestCancel(tx: Tx, ctx: Ctx, runId: string, reason: string): Promise<Run> {
  return change(tx, ctx, runId, "run.cancel", {}, { kind: "cancel", reason, by: actorText(ctx.actor) });
}

/** Counts also before a step waits for it; each signal ends one wait. @throws `conflict("run_ended" | "signals_full")` */
export function signalRun(tx: Tx, ctx: Ctx, runId: string, name: string, payload: Json = null): Promise<Run> {
  return change(tx, ctx, runId, "run.signal", { name }, { kind: "signal", name, payload });
}

/** What a person is asked to approve now, or null. `missing`: how many more have to. */
export async function pendingApproval(
  tx: Tx,
  runId: string,
): Promise<(Presented & { input: Json; approvers: string[]; missing: number }) | null> {
  const run = (await store.selectRun(tx, runId)) ?? missing(runId);
  const wait = run.plan.steps[run.position]?.wait;
  if (run.activity !== "approval" || wait?.kind !== "approval") return null;
  const { input } = renderInput(run);
  const approvals = (await store.selectApprovals(tx, runId)).filter((a) => a.step === run.position);
  const approvers = approvals.map((approval) => approval.approver);
  return {
    step: run.position,
    planHash: run.planHash,
    inputDigest: digestOf(input),
    input,
    approvers,
    missing: wait.approvers - approvers.length,
  };
}

/** @param presented what the approver saw. @returns how many approvals are still missing. @throws `forbidden` */
export async function approveStep(
  tx: Tx,
  ctx: Ctx,
  runId: string,
  presented: Presented,
): Promise<{ missing: number }> {
  const run = (await store.lockRun(tx, runId)) ?? missing(runId);
  const { step, planHash, inputDigest } = presented;
  const verdict = decideApproval(run, ctx.actor, presented, await store.selectApprovals(tx, runId));
  if (verdict.kind === "refused") throw refuse(forbidden, verdict.refusal);
  const approval: Approval = { step, planHash, inputDigest, approver: actorText(ctx.actor) };
  await store.insertApproval(tx, ctx.tenant, runId, approval, ctx.clock.now());
  if (verdict.missing === 0) await apply(tx, ctx, run, { kind: "approved" });
  await audit(tx, ctx, run, "run.approve", { step, planHash, inputDigest, missing: verdict.missing });
  return { missing: verdict.missing };
}

/**
 * A person says what became of a step in doubt. `happened` goes on as if the step had answered `output`; `did_not_happen`
 * performs it again; `abort` ends the run: earlier steps are compensated, this one is not, since nobody knows.
 */
export function decideInDoubt(
  tx: Tx,
  ctx: Ctx,
  runId: string,
  input: { decision: "happened" | "did_not_happen" | "abort"; output?: Json },
): Promise<Run> {
  if (ctx.actor.kind === "task") {
    throw forbidden("decision_needs_a_person", "A task cannot decide what has happened.", "Ask a person.");
  }
  const { decision, output = null } = input;
  return change(tx, ctx, runId, "run.decide", { decision }, { kind: "decided", decision, output });
}

/** A parked run tries its step again. */
export function resumeRun(tx: Tx, ctx: Ctx, runId: string): Promise<Run> {
  return change(tx, ctx, runId, "run.resume", {}, { kind: "resumed" });
}

async function change(
  tx: Tx,
  ctx: Ctx,
  runId: string,
  action: string,
  details: { [key: string]: Json },
  event: RunEvent,
): Promise<Run> {
  const run = (await store.lockRun(tx, runId)) ?? missing(runId);
  const changed = await apply(tx, ctx, run, event);
  if (changed) {
    const step = { phase: run.phase, step: run.position };
    await audit(tx, ctx, run, action, { ...step, ...details });
  }
  return view(changed ?? run);
}

/** The row is locked, so its version is the one just read. */
async function apply(tx: Tx, ctx: Ctx, run: RunRecord, event: RunEvent): Promise<RunRecord | undefined> {
  const decision = decide(run, event, ctx.clock.now());
  if (decision.kind === "refused") throw refuse(conflict, decision.refusal);
  if (decision.kind === "unchanged") return undefined;
  const [saved] = await store.saveRuns(tx, [{ ...decision, claim: false }]);
  wakeWorkers();
  return saved;
}

export function audit(
  tx: Tx,
  ctx: Ctx,
  run: Run,
  action: string,
  details: { [key: string]: Json },
  result: "success" | "failure" = "success",
): Promise<void> {
  return record(tx, ctx, { class: "operation", action, resource: `run/${run.id}`, result, details });
}

/** What other modules see of a run. */
export function view(run: RunRecord): Run {
  const { waitDone, payload, memo, attempts, crashes, roundAt, signals, fence, version, worker, ...rest } =
    run;
  return rest;
}

const refuse = (kind: typeof conflict, { code, reason, remedy }: Refusal) => kind(code, reason, remedy);

function missing(id: string): never {
  throw notFound("run_not_found", `There is no run ${id}.`, "Look at the list of runs.");
}
