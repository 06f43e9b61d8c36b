import type { RolloutPolicy } from "@toban/definition";
import { record } from "../audit/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import { refusalOf } from "../platform/errors.ts";
import type { Json } from "../platform/json.ts";
import type { StepContext, StepOutcome } from "../runs/index.ts";
import type { Counts } from "./judge.ts";
import type { StepJudgement } from "./ledger.ts";
import { type Look, type Observation, type ObserveMemo, observeStep, startObserving } from "./progress.ts";
import { bucketQuantile } from "./statistics.ts";
import { lockByRun, writeFirstBad, writeSteps } from "./store.ts";
import { instancesOf, weightOf } from "./target.ts";
import type { EdgeCounts, RolloutDeps } from "./types.ts";

type ObserveInput = {
  name: string;
  phase: "step" | "bake";
  service: string;
  candidate: string;
  stable: string;
  weight: number;
  seconds: number;
  stabilitySeconds: number;
  extensions: number;
  instances: number;
  hasTraffic: boolean;
  automaticRollback: boolean;
  analysis: RolloutPolicy["analysis"];
  restarts: number;
  /** ISO 8601; counts begin here when it is earlier than the step. */
  countsFrom?: string;
};

const POLL_MS = 1_000;
/** At 100 % the stable version answers nobody, so it is compared with what it did shortly before. */
const HISTORY_MS = 10 * 60_000;

/** One look at a step: asks target and telemetry, decides, stores the progress. */
export async function observe(deps: RolloutDeps, step: StepContext): Promise<StepOutcome> {
  const input = step.input as unknown as ObserveInput;
  const now = step.ctx.clock.now().getTime();
  const memo = (step.memo as ObserveMemo | null) ?? startObserving(now);
  const seen = await look(deps, step.ctx, input, memo, now);
  const observation = observeStep(memo, seen, input);
  const firstBadAt = memo.firstBadAt ?? (await findFirstBad(deps, step.ctx, input, memo, seen));
  observation.memo.firstBadAt = firstBadAt;

  const held = observation.decision === "fail" && !input.automaticRollback;
  await store(deps, step, input, observation, seen);
  if (observation.decision === "pass") {
    return { kind: "done", output: { since: new Date(observation.memo.since).toISOString() } };
  }
  if (observation.decision === "fail" && !held) {
    const { code, reason, remedy } = observation.verdict;
    return { kind: "failed", refusal: { code, reason: reason.en, remedy: remedy.en } };
  }
  // Held: automatic rollback is off, so the step stays where it is until a person rolls back.
  return { kind: "again", afterMs: POLL_MS, memo: observation.memo as unknown as Json };
}

async function look(
  deps: RolloutDeps,
  ctx: Ctx,
  input: ObserveInput,
  memo: ObserveMemo,
  now: number,
): Promise<Look> {
  const observed = await orNull(() => deps.driver.observe(input.service));
  const base = {
    now,
    instances: observed && instancesOf(observed, input.candidate),
    actualWeight: observed && weightOf(observed.weights, input.candidate),
  };
  if (!input.hasTraffic) return { ...base, counts: null };
  const counts = await orNull(() => countsSince(deps, ctx, input, memo, now));
  return { ...base, counts };
}

async function countsSince(
  deps: RolloutDeps,
  ctx: Ctx,
  input: ObserveInput,
  memo: ObserveMemo,
  now: number,
): Promise<Look["counts"]> {
  const ask = (from: number, to: number) =>
    deps.counts(ctx, { service: input.service, from: new Date(from), to: new Date(to) });
  const pair = async (rows: EdgeCounts[], from: number) => {
    let baseline = of(rows, input.stable);
    if (baseline.requests < input.analysis.minimumSamples.count) {
      baseline = of(await ask(from - HISTORY_MS, now), input.stable);
    }
    return { candidate: of(rows, input.candidate), baseline };
  };
  const window = await ask(memo.since, now);
  // Any version's report shows that the edge is being observed.
  const reportedSeconds = Math.max(0, ...window.map((row) => row.reportedSeconds));
  const from = Math.min(countsStart(input, memo), memo.since);
  const whole = from < memo.since ? await pair(await ask(from, now), from) : null;
  // The step before belongs to a short bake's evidence, unless a hole lies between them.
  const isWhole = whole !== null && input.countsFrom !== undefined && memo.since === memo.startedAt;
  const judged = isWhole ? whole : await pair(window, memo.since);
  return { since: memo.since, reportedSeconds, ...judged, whole: isWhole ? null : whole };
}

/** From where on the candidate's answers count as evidence against it. */
const countsStart = (input: ObserveInput, memo: ObserveMemo) =>
  input.countsFrom === undefined ? memo.startedAt : Date.parse(input.countsFrom);

function of(rows: EdgeCounts[], release: string): Counts {
  const row = rows.find((candidate) => candidate.release === release);
  return row ?? { requests: 0, errors: 0, bucketsMs: [] };
}

/** The second of the first bad answer, by halving the window in which one was seen. */
async function findFirstBad(
  deps: RolloutDeps,
  ctx: Ctx,
  input: ObserveInput,
  memo: ObserveMemo,
  seen: Look,
): Promise<number | null> {
  const counts = seen.counts?.whole ?? seen.counts;
  if (!counts || counts.candidate.errors === 0) return null;
  const start = Math.min(countsStart(input, memo), memo.since);
  const errorsUntil = async (to: number) => {
    const window = { service: input.service, from: new Date(start), to: new Date(to) };
    return of(await deps.counts(ctx, window), input.candidate).errors;
  };
  let without = start;
  let within = seen.now;
  try {
    while (within - without > 1_000) {
      const middle = Math.floor((without + within) / 2);
      if ((await errorsUntil(middle)) > 0) within = middle;
      else without = middle;
    }
  } catch (error) {
    ctx.log.warn({ code: refusalOf(error).code }, "the first bad answer cannot be dated yet");
    return null;
  }
  return without;
}

async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (refusalOf(error).kind === "unavailable") return null;
    throw error;
  }
}

async function store(
  deps: RolloutDeps,
  step: StepContext,
  input: ObserveInput,
  observation: Observation,
  seen: Look,
): Promise<void> {
  const { ctx, runId } = step;
  const judgement = judgementOf(input, observation, seen);
  await deps.db.tx(ctx, async (tx) => {
    const row = await lockByRun(tx, runId);
    if (!row) return;
    const before = row.steps.find((known) => known.name === input.name);
    const isNew = before === undefined || before.verdict !== judgement.verdict;
    const steps = row.steps.filter((known) => known.name !== input.name);
    await writeSteps(tx, row.id, [...steps, judgement]);
    if (observation.memo.firstBadAt !== null)
      await writeFirstBad(tx, row.id, new Date(observation.memo.firstBadAt));
    // A repeated look, after a crash between here and the engine's commit, is recorded once.
    if (!isNew || observation.decision === "continue") return;
    await record(tx, ctx, {
      class: "operation",
      action: "rollout.judge",
      resource: `service/${input.service}`,
      result: observation.decision === "pass" ? "success" : "failure",
      details: { run: runId, ...(JSON.parse(JSON.stringify(judgement)) as { [key: string]: Json }) },
    });
    if (observation.decision !== "fail") return;
    const { id, kind, service, version, fromVersion } = row;
    await deps.onEvent?.(tx, ctx, {
      kind: "failing",
      rollout: { id, runId, kind, service, version, fromVersion },
      reason: judgement.reason,
      key: `${runId}/${input.name}/failing`,
    });
  });
}

function judgementOf(input: ObserveInput, observation: Observation, seen: Look): StepJudgement {
  const { decision, memo, verdict } = observation;
  const shown = (decision === "fail" && seen.counts?.whole) || seen.counts;
  const candidate = shown?.candidate;
  const baseline = shown?.baseline;
  return {
    name: input.name,
    phase: input.phase,
    weight: input.weight,
    observedSeconds: Math.floor(observation.observedSeconds),
    requiredSeconds: observation.requiredSeconds,
    requests: candidate?.requests ?? 0,
    errors: candidate?.errors ?? 0,
    baseline: { requests: baseline?.requests ?? 0, errors: baseline?.errors ?? 0 },
    p99Ms: candidate ? bucketQuantile(candidate.bucketsMs, 0.99) : null,
    verdict: decision === "continue" ? "running" : verdict.verdict,
    code: verdict.code,
    reason: verdict.reason,
    extensions: memo.extensions,
    startedAt: new Date(memo.startedAt).toISOString(),
    endedAt: decision === "continue" ? null : new Date(seen.now).toISOString(),
  };
}
