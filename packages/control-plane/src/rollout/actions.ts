import { record } from "../audit/index.ts";
import { conflict, invalid } from "../platform/errors.ts";
import type { Json } from "../platform/json.ts";
import type { Action, StepContext, StepOutcome } from "../runs/index.ts";
import { resolveEnvironment } from "./environment.ts";
import { observe } from "./observe.ts";
import { digestOfFolder } from "./release.ts";
import { lockByRun, writeWeightZero } from "./store.ts";
import {
  healthyCount,
  instancesOf,
  restartsOf,
  weightOf,
  withoutRelease,
  withRelease,
  withWeights,
} from "./target.ts";
import type { ObservedTarget, ReleaseSpec, RolloutDeps, ServiceSpec } from "./types.ts";

type Names = { service: string; candidate: string; stable: string | null };
const POLL_MS = 500;

const again = (memo: Json = null): StepOutcome => ({ kind: "again", afterMs: POLL_MS, memo });
const done = (output: Json): StepOutcome => ({ kind: "done", output });
const input = <T>(step: StepContext): T => step.input as unknown as T;

/** What the run engine calls for the steps of a rollout. Every one reads the target before it changes it. */
export function rolloutActions(deps: RolloutDeps): Record<string, Action> {
  return {
    "rollout.migrate": (step) => migrate(deps, step),
    "rollout.start": (step) => start(deps, step),
    "rollout.await-healthy": (step) => awaitHealthy(deps, step),
    "rollout.weights": (step) => weights(deps, step),
    "rollout.observe": (step) => observe(deps, step),
    "rollout.drain": (step) => drain(deps, step),
    "rollout.restore": (step) => restore(deps, step),
  };
}

async function assertUnchanged(release: ReleaseSpec): Promise<void> {
  if ((await digestOfFolder(release.directory).catch(() => null)) === release.digest) return;
  throw invalid(
    "release_changed",
    `The files of ${release.version} changed or vanished after the rollout had been planned.`,
    "Build the release again under a new version.",
  );
}

async function migrate(deps: RolloutDeps, step: StepContext): Promise<StepOutcome> {
  const { service, spec, release } = input<{ service: string; spec: ServiceSpec; release: ReleaseSpec }>(
    step,
  );
  await assertUnchanged(release);
  const environment = {
    ...(await resolveEnvironment(deps, service, spec)),
    ...deps.migrationEnvironment?.(service),
  };
  const timeoutMs = 10 * 60_000;
  const result = await deps.driver.command({
    directory: release.directory,
    command: "migrate",
    environment,
    timeoutMs,
  });
  await audit(deps, step, "rollout.migrate", service, {
    version: release.version,
    exitCode: result.exitCode,
  });
  if (result.exitCode === 0) return done({ exitCode: 0 });
  const refusal = {
    code: "migration_failed",
    reason: `The migration of ${service} ${release.version} ended with ${result.exitCode}: ${result.output.slice(-400)}`,
    remedy: "Correct the migration and deploy a new version. The live version was not touched.",
  };
  return { kind: "failed", refusal };
}

async function start(deps: RolloutDeps, step: StepContext): Promise<StepOutcome> {
  const { service, stable, spec, release } = input<Names & { spec: ServiceSpec; release: ReleaseSpec }>(step);
  await assertUnchanged(release);
  const observed = await deps.driver.observe(service);
  const environment = await resolveEnvironment(deps, service, spec);
  await deps.driver.apply(service, withRelease(observed, spec, { release, environment }, stable), step.fence);
  await audit(deps, step, "rollout.start-release", service, {
    version: release.version,
    instances: spec.instances,
  });
  return done({ version: release.version });
}

async function awaitHealthy(deps: RolloutDeps, step: StepContext): Promise<StepOutcome> {
  const { service, candidate, instances, startTimeoutMs } = input<
    Names & { instances: number; startTimeoutMs: number }
  >(step);
  const now = step.ctx.clock.now().getTime();
  const since = (step.memo as { since: number } | null)?.since ?? now;
  const members = instancesOf(await quietly(deps, service), candidate);
  if (members.length >= instances && healthyCount(members) >= instances) {
    return done({ restarts: restartsOf(members) });
  }
  const unusable = members.find((instance) => instance.state === "failed");
  if (unusable) {
    const refusal = unusable.refusal ?? {
      code: "candidate_unusable",
      reason: `${candidate} of ${service} cannot be started.`,
      remedy: "Read the release's log, correct the cause and deploy a new version.",
    };
    return { kind: "failed", refusal };
  }
  if (now - since >= startTimeoutMs) {
    const refusal = {
      code: "candidate_never_healthy",
      reason: `${healthyCount(members)} of ${instances} instances of ${service} ${candidate} were healthy after ${Math.round(startTimeoutMs / 1000)} s.`,
      remedy: "Read the candidate's log, correct the cause and deploy a new version.",
    };
    return { kind: "failed", refusal };
  }
  return again({ since });
}

async function weights(deps: RolloutDeps, step: StepContext): Promise<StepOutcome> {
  const { service, candidate, stable, percent, instances } = input<
    Names & { percent: number; instances: number }
  >(step);
  const observed = await deps.driver.observe(service);
  const desired = observed?.desired;
  if (!desired?.releases[candidate]) throw targetChanged(service, candidate);
  if (healthyCount(instancesOf(observed, candidate)) < instances) {
    const refusal = {
      code: "candidate_unhealthy",
      reason: `${candidate} of ${service} is not healthy, so it gets no more traffic.`,
      remedy: "Read the candidate's log, correct the cause and deploy a new version.",
    };
    return { kind: "failed", refusal };
  }
  // A repeated step never takes back what a later one has given.
  if (weightOf(desired.weights, candidate) < percent) {
    await deps.driver.apply(service, withWeights(desired, candidate, stable, percent), step.fence);
  }
  const actual = (await deps.driver.observe(service))?.weights ?? {};
  if (weightOf(actual, candidate) < percent) return again();
  await audit(deps, step, "rollout.weights", service, { weights: actual });
  return done({ weights: actual });
}

async function drain(deps: RolloutDeps, step: StepContext): Promise<StepOutcome> {
  const { service, candidate, stable, drainMs } = input<Names & { drainMs: number }>(step);
  if (stable === null) return done(null);
  const now = step.ctx.clock.now().getTime();
  const memo = step.memo as { since: number } | null;
  const observed = await quietly(deps, service);
  if (observed === null) return again(step.memo);
  const { desired } = observed;
  if (!desired?.releases[candidate]) throw targetChanged(service, candidate);
  if (desired.listener && weightOf(observed.weights, candidate) !== 100)
    throw targetChanged(service, candidate);
  if (desired.releases[stable]) {
    await deps.driver.apply(service, withoutRelease(desired, stable), step.fence);
    await audit(deps, step, "rollout.drain", service, { version: stable });
    return again({ since: now });
  }
  const since = memo?.since ?? now;
  const left = instancesOf(observed, stable).length;
  // The agent ends what does not stop in time; the rollout is over either way.
  if (left === 0 || now - since > drainMs * 2 + 10_000) return done({ version: stable, left });
  return again({ since });
}

/** Gives the stable version all traffic back at once, and removes the candidate when asked to. */
async function restore(deps: RolloutDeps, step: StepContext): Promise<StepOutcome> {
  const { service, candidate, stable, spec, release, removeCandidate } = input<
    Names & { spec: ServiceSpec; release: ReleaseSpec | null; removeCandidate: boolean }
  >(step);
  let observed = await deps.driver.observe(service);
  if (!observed?.desired) {
    if (release === null) return done(null);
    // A target that forgot the service gets its last good version back.
    const environment = await resolveEnvironment(deps, service, spec);
    await deps.driver.apply(service, withRelease(observed, spec, { release, environment }, null), step.fence);
    return again();
  }
  if (release === null || stable === null) {
    if (!observed.desired.releases[candidate]) return done(null);
    const target = removeCandidate
      ? withoutRelease(observed.desired, candidate)
      : { ...observed.desired, weights: {} };
    await deps.driver.apply(service, target, step.fence);
    await confirmZero(deps, step, service, candidate);
    return done(null);
  }
  if (!observed.desired.releases[stable]) {
    const environment = await resolveEnvironment(deps, service, spec);
    await deps.driver.apply(
      service,
      withRelease(observed, spec, { release, environment }, candidate),
      step.fence,
    );
    observed = await deps.driver.observe(service);
  }
  if (observed?.desired?.listener && weightOf(observed.weights, stable) !== 100) {
    // Stable kept full capacity until the end of the bake, so this normally passes at the first look.
    if (healthyCount(instancesOf(observed, stable)) === 0) return again();
    await deps.driver.apply(service, withWeights(observed.desired, stable, candidate, 100), step.fence);
    observed = await deps.driver.observe(service);
  }
  const desired = observed?.desired;
  if (!observed || !desired) return again();
  if (desired.listener && weightOf(observed.weights, stable) !== 100) return again();
  await confirmZero(deps, step, service, candidate);
  if (removeCandidate && desired.releases[candidate]) {
    await deps.driver.apply(service, withoutRelease(desired, candidate), step.fence);
    await audit(deps, step, "rollout.drain", service, { version: candidate });
  }
  return done({ weights: observed.weights });
}

async function confirmZero(deps: RolloutDeps, step: StepContext, service: string, candidate: string) {
  const { ctx, runId } = step;
  await deps.db.tx(ctx, async (tx) => {
    const row = await lockByRun(tx, runId);
    if (!row || !(await writeWeightZero(tx, row.id, ctx.clock.now()))) return;
    await record(tx, ctx, {
      class: "operation",
      action: "rollout.weights",
      resource: `service/${service}`,
      result: "success",
      details: { candidate, weight: 0, run: runId },
    });
    const { id, kind, version, fromVersion } = row;
    await deps.onEvent?.(tx, ctx, {
      kind: "rolling-back",
      rollout: { id, runId, kind, service, version, fromVersion },
      reason: null,
      key: `${runId}/weight-zero`,
    });
  });
}

/** Null instead of `unavailable`: a poll that cannot see waits for the next one. */
async function quietly(deps: RolloutDeps, service: string): Promise<ObservedTarget | null> {
  try {
    return await deps.driver.observe(service);
  } catch (error) {
    if ((error as { kind?: string }).kind === "unavailable") return null;
    throw error;
  }
}

const targetChanged = (service: string, version: string) =>
  conflict(
    "target_changed",
    `The target no longer runs ${version} of ${service} as this rollout left it.`,
    "Look at the target; deploy again when nobody else changes it.",
  );

async function audit(
  deps: RolloutDeps,
  step: StepContext,
  action: string,
  service: string,
  details: { [key: string]: Json },
): Promise<void> {
  await deps.db.tx(step.ctx, (tx) =>
    record(tx, step.ctx, {
      class: "operation",
      action,
      resource: `service/${service}`,
      result: "success",
      details: { run: step.runId, ...details },
    }),
  );
}
