import { digest } from "@toban/definition";
import { record } from "../audit/index.ts";
import { askGate } from "../gate/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Tx } from "../platform/database.ts";
import { conflict, forbidden, invalid } from "../platform/errors.ts";
import { approveStep, type Plan, pendingApproval, type Run, requestCancel, startRun } from "../runs/index.ts";
import { missingSecrets, secretsMissing } from "./environment.ts";
import { previousGood, resultOf } from "./ledger.ts";
import {
  assertPolicy,
  type GateOverride,
  isForgotten,
  liveVersion,
  planRollout,
  type RolloutRequest,
  unknownService,
} from "./plan.ts";
import { readRelease } from "./release.ts";
import { endRelease, insertRelease, lockByRun, readRunning, readServiceLedger } from "./store.ts";
import type { ReleaseSpec, RolloutDeps, RolloutFacts } from "./types.ts";

export type Deployed =
  | { kind: "no-op"; service: string; version: string }
  | { kind: "started"; rollout: RolloutFacts };

/**
 * Begins a rollout of a version. The live version is a no-op.
 * @throws `not_found` for an unknown service or version, `invalid` for an unusable release or a missing secret,
 * `conflict` while another rollout of the service runs, `unavailable` when the target does not answer. Nothing has changed then.
 */
export async function deploy(
  deps: RolloutDeps,
  ctx: Ctx,
  request: {
    service: string;
    version: string;
    approve?: boolean | undefined;
    /** Why a release that the change gate does not let in shall go in; two people have to stand for it. */
    overrideGate?: string | undefined;
  },
): Promise<Deployed> {
  const { approve, overrideGate, ...what } = request;
  // A machine can ask for a rollout; only a person can stand for it.
  const approved = approve === true && ctx.actor.kind === "person";
  return begin(deps, ctx, { kind: "deploy", ...what, approved }, null, overrideGate);
}

/**
 * Asks the change gate where the environment requires it. Undefined when it lets the release in; the override when
 * somebody asks for one. @throws `forbidden` with the gate's reason; the refusal is audited.
 */
async function passGate(
  deps: RolloutDeps,
  ctx: Ctx,
  subject: { service: string; version: string; digest: string },
  reason: string | undefined,
): Promise<GateOverride | undefined> {
  const { service, version, digest } = subject;
  if (deps.definition().environments[deps.environment]?.gate.choice !== "required") return undefined;
  const answer = await deps.db.tx(ctx, (tx) => askGate(tx, ctx, subject));
  if (answer.passed) return undefined;
  const what = { version, digest, code: answer.code, refusal: answer.reason };
  await deps.db.tx(ctx, (tx) =>
    record(tx, ctx, {
      class: "operation",
      action: reason === undefined ? "rollout.refuse" : "gate.override",
      resource: `service/${service}`,
      result: reason === undefined ? "denied" : "success",
      details: reason === undefined ? what : { ...what, reason },
    }),
  );
  if (reason === undefined) throw forbidden(answer.code, answer.reason, answer.remedy);
  return { refusal: answer.reason, reason, approvers: ctx.actor.kind === "person" ? 1 : 2 };
}

/**
 * Back to the previous good version, from every state: a running rollout is cancelled and compensated; after one
 * that has ended, a new run restores the previous version at once, without analysis.
 * @throws `conflict("nothing_to_roll_back_to")` when the ledger knows no earlier good version.
 */
export async function rollback(
  deps: RolloutDeps,
  ctx: Ctx,
  request: { service: string; reason: string },
): Promise<Deployed> {
  const { service, reason } = request;
  const definition = deps.definition();
  if (!definition.services[service]) throw unknownService(definition, service);
  const { running, ledger } = await deps.db.tx(ctx, async (tx) => {
    const row = await readRunning(tx, service);
    if (row) {
      await requestCancel(tx, ctx, row.runId, reason);
      await record(tx, ctx, {
        class: "operation",
        action: "rollout.rollback",
        resource: `service/${service}`,
        result: "success",
        details: { run: row.runId, version: row.version, to: row.fromVersion, reason },
      });
    }
    return { running: row, ledger: await readServiceLedger(tx, service) };
  });
  if (running) return { kind: "started", rollout: running };
  const live = liveVersion(await deps.driver.observe(service));
  const version = previousGood(ledger, live);
  if (version === null) {
    throw conflict(
      "nothing_to_roll_back_to",
      `The ledger has no earlier good version of ${service}${live ? ` than ${live}` : ""}.`,
      `Deploy the version that you want with \`toban deploy ${service} VERSION\`.`,
    );
  }
  return begin(deps, ctx, { kind: "rollback", service, version }, reason);
}

/**
 * Starts the last good version of a service that its target no longer runs, though nobody took it away: after a stop of
 * the target, or when the target lost its state. Like a rollback it needs no approval and runs no migration.
 * Undefined when there is nothing to restore, or when it failed less than `pauseMs` ago.
 */
export async function restoreForgotten(
  deps: RolloutDeps,
  ctx: Ctx,
  service: string,
  pauseMs: number,
): Promise<RolloutFacts | undefined> {
  if (!isForgotten(await deps.driver.observe(service))) return undefined;
  const ledger = await deps.db.tx(ctx, (tx) => readServiceLedger(tx, service));
  const newest = ledger.at(-1);
  const version = previousGood(ledger, null);
  if (!newest || newest.result === null || version === null) return undefined;
  const hasFailed = newest.kind === "rollback" && newest.result !== "succeeded";
  const pauseEnds = (newest.endedAt?.getTime() ?? 0) + pauseMs;
  if (hasFailed && ctx.clock.now().getTime() < pauseEnds) return undefined;
  const reason = "The target no longer ran the service; its last good version is started again.";
  const started = await begin(deps, ctx, { kind: "rollback", service, version }, reason);
  return started.kind === "started" ? started.rollout : undefined;
}

async function begin(
  deps: RolloutDeps,
  ctx: Ctx,
  request: RolloutRequest,
  reason: string | null,
  overrideGate?: string,
): Promise<Deployed> {
  const { service, version } = request;
  const definition = deps.definition();
  const declared = definition.services[service];
  if (!declared) throw unknownService(definition, service);
  const release = await readRelease(deps.releasesDir, service, version);
  if (release.healthPath !== declared.health.path) {
    throw invalid(
      "health_path_differs",
      `${service} ${version} reports its health at ${release.healthPath}, the definition asks ${declared.health.path}.`,
      "Make both the same.",
    );
  }
  const missing = missingSecrets(declared.environment, deps.secret);
  if (missing.length > 0) throw secretsMissing(service, missing);
  await deps.db.tx(ctx, (tx) => assertIdle(tx, service));

  const target = await deps.driver.observe(service);
  const live = liveVersion(target);
  const { directory, digest: releaseDigest } = release;
  const candidate = {
    version,
    directory,
    digest: releaseDigest,
    hasMigration: release.migrate !== undefined,
  };
  const stable =
    live === null ? null : live === version ? candidate : await stableRelease(deps, service, live);
  const listener = deps.listeners?.[service];
  const seen = { target, candidate, stable, ...(listener ? { listener } : {}) };
  const plan = (asked: RolloutRequest) => planRollout(definition, deps.environment, seen, asked);
  if (plan(request).kind === "no-op") return { kind: "no-op", service, version };
  const subject = { service, version, digest: releaseDigest };
  const override = request.kind === "deploy" ? await passGate(deps, ctx, subject, overrideGate) : undefined;
  const planned = plan(request.kind === "deploy" && override ? { ...request, override } : request);
  if (planned.kind === "no-op") return { kind: "no-op", service, version };
  assertPolicy(planned.policy);
  const fromVersion = live === version ? null : live;
  const rollout = await deps.db.tx(ctx, (tx) =>
    enter(tx, ctx, deps, { plan: planned.plan, request, releaseDigest, fromVersion, reason }),
  );
  return { kind: "started", rollout };
}

/** The live version must stay restorable, so its files are verified too. */
async function stableRelease(deps: RolloutDeps, service: string, version: string): Promise<ReleaseSpec> {
  const release = await readRelease(deps.releasesDir, service, version);
  return { version, directory: release.directory, digest: release.digest };
}

async function assertIdle(tx: Tx, service: string): Promise<void> {
  const running = await readRunning(tx, service);
  if (!running) return;
  throw conflict(
    "rollout_running",
    `A rollout of ${service} to ${running.version} is running.`,
    `Wait until it has ended, or take it back with \`toban rollback ${service}\`.`,
  );
}

async function enter(
  tx: Tx,
  ctx: Ctx,
  deps: RolloutDeps,
  input: {
    plan: Plan;
    request: RolloutRequest;
    releaseDigest: string;
    fromVersion: string | null;
    reason: string | null;
  },
): Promise<RolloutFacts> {
  const { plan, request, fromVersion } = input;
  const { kind, service, version } = request;
  await assertIdle(tx, service);
  const run = await startRun(tx, ctx, { plan });
  const id = ctx.newId();
  await insertRelease(tx, ctx, {
    id,
    runId: run.id,
    kind,
    service,
    environment: deps.environment,
    version,
    digest: input.releaseDigest,
    fromVersion,
    requestedBy: `${ctx.actor.kind}:${ctx.actor.id}`,
    requestReason: input.reason,
    definitionDigest: digest(deps.definition()),
    startedAt: ctx.clock.now(),
  });
  await record(tx, ctx, {
    class: "operation",
    action: kind === "deploy" ? "rollout.deploy" : "rollout.rollback",
    resource: `service/${service}`,
    result: "success",
    details: {
      run: run.id,
      version,
      from: fromVersion,
      digest: input.releaseDigest,
      reason: input.reason,
      approvedByRequester: kind === "deploy" && request.approved === true,
    },
  });
  const rollout: RolloutFacts = { id, runId: run.id, kind, service, version, fromVersion };
  await deps.onEvent?.(tx, ctx, { kind: "started", rollout, reason: null, key: `${run.id}/started` });
  return rollout;
}

/**
 * Approves a waiting rollout as the person of `ctx`, who cannot be the one that asked for it.
 * @throws `conflict` when no rollout of the service waits for an approval, `forbidden` by the approval policy.
 */
export async function approveRollout(
  deps: RolloutDeps,
  ctx: Ctx,
  service: string,
): Promise<{ missing: number }> {
  return deps.db.tx(ctx, async (tx) => {
    const running = await readRunning(tx, service);
    const presented = running ? await pendingApproval(tx, running.runId) : null;
    if (!running || !presented) {
      throw conflict(
        "no_approval_pending",
        `No rollout of ${service} waits for an approval.`,
        "Look at the rollouts; it may not have come to that step yet.",
      );
    }
    return approveStep(tx, ctx, running.runId, presented);
  });
}

/** For the engine's `onRunEnded`: ends the ledger row in the transaction that ends the run. Other runs are ignored. */
export async function endRollout(
  deps: Pick<RolloutDeps, "onEvent">,
  tx: Tx,
  ctx: Ctx,
  run: Run,
): Promise<void> {
  if (run.kind !== "rollout") return;
  const row = await lockByRun(tx, run.id);
  if (!row || row.result !== null) return;
  const result = resultOf(run, row.fromVersion);
  const judged = row.steps.find((step) => step.verdict === "fail" || step.verdict === "inconclusive");
  const plain = run.refusal?.reason ?? run.cancel?.reason ?? null;
  const reason =
    result === "succeeded" ? null : (judged?.reason ?? (plain === null ? null : { en: plain, ja: plain }));
  await endRelease(tx, row.id, { result, reason, at: ctx.clock.now() });
  await record(tx, ctx, {
    class: "operation",
    action: "rollout.end",
    resource: `service/${row.service}`,
    result: result === "succeeded" ? "success" : "failure",
    details: { run: run.id, version: row.version, from: row.fromVersion, ledger: result, state: run.state },
  });
  const { id, runId, kind, service, version, fromVersion } = row;
  await deps.onEvent?.(tx, ctx, {
    kind: "ended",
    rollout: { id, runId, kind, service, version, fromVersion },
    result,
    reason,
    key: `${run.id}/ended`,
  });
}
