import type { Operations, Text } from "@toban/definition";
import { rolloutPolicy } from "@toban/definition";
import { invalid, notFound } from "../platform/errors.ts";
import type { Json } from "../platform/json.ts";
import type { Plan, StepSpec } from "../runs/index.ts";
import type { ObservedTarget, Policy, ReleaseSpec, ServiceSpec } from "./types.ts";

export type RolloutRequest =
  /** `approved`: a person deploys and stands for it; else an environment may ask for another person's approval. */
  | { kind: "deploy"; service: string; version: string; approved?: boolean; override?: GateOverride }
  /** By hand, after a rollout has ended: to a version that was good before, at once and without analysis. */
  | { kind: "rollback"; service: string; version: string };

/** A release that the change gate does not let in goes in when two people stand for it. */
export type GateOverride = {
  /** The gate's refusal, and why it is overridden. */
  refusal: string;
  reason: string;
  /** People who have to approve besides the one who asks: 1, or 2 when a machine asks. */
  approvers: number;
};

/** Everything that was looked at before planning. */
export type RolloutFactsSeen = {
  /** The target's actual state; null when it does not know the service. */
  target: ObservedTarget | null;
  candidate: ReleaseSpec & { hasMigration: boolean };
  /** What is live now, from the target; null when nothing is. Its files must still exist to be restorable. */
  stable: ReleaseSpec | null;
  listener?: { host: string; port: number };
};

export type RolloutPlan = { kind: "no-op" } | { kind: "run"; plan: Plan; policy: Policy };

const MINUTE = 60_000;
const START_MS = 2 * MINUTE;
const WEIGHTS_MS = MINUTE;
const MIGRATE_MS = 15 * MINUTE;
/** Compensation is retried this long when the target does not answer. */
const RESTORE_MS = 60 * MINUTE;

/** The target lost what it was asked to run, or was stopped since: nothing of the service comes back by itself. */
export const isForgotten = (target: ObservedTarget | null): boolean =>
  !target?.desired || (target.instances.length === 0 && Object.values(target.weights).every((w) => w === 0));

/** The version that has all or most of the weight; for a service without traffic, the one that runs. */
export function liveVersion(target: ObservedTarget | null): string | null {
  if (!target) return null;
  const weighted = Object.entries(target.weights)
    .filter(([, weight]) => weight > 0)
    .sort(([, a], [, b]) => b - a);
  if (weighted[0]) return weighted[0][0];
  if (target.desired?.listener || isForgotten(target)) return null;
  return Object.entries(target.desired?.releases ?? {}).find(([, r]) => r.instances > 0)?.[0] ?? null;
}

/**
 * What to do so that `request.version` serves. Pure: the plan holds all that its actions need.
 * Throws `not_found` for a service, environment or policy that the definition does not have.
 */
export function planRollout(
  definition: Operations,
  environment: string,
  observed: RolloutFactsSeen,
  request: RolloutRequest,
): RolloutPlan {
  const service = definition.services[request.service];
  if (!service) throw unknownService(definition, request.service);
  const settings = definition.environments[environment];
  const policy = rolloutPolicy(definition, environment, request.service);
  if (!settings || !policy) {
    throw notFound(
      "environment_unknown",
      `The definition has no environment ${environment} with a rollout policy for ${request.service}.`,
      `Name one of: ${Object.keys(definition.environments).join(", ")}.`,
    );
  }
  const { candidate, stable, target } = observed;
  if (stable?.version === candidate.version && isSettled(target, candidate.version)) return { kind: "no-op" };

  const isPublic = service.exposure === "public";
  const listener =
    service.exposure === "none"
      ? null
      : { ...(observed.listener ?? { host: "127.0.0.1", port: 0 }), sticky: isPublic };
  const spec: ServiceSpec = {
    listener,
    health: {
      path: service.health.path,
      intervalMs: service.health.interval.ms,
      timeoutMs: service.health.timeout.ms,
    },
    drainMs: service.drain.ms,
    ...(service.memoryLimit ? { memoryLimitBytes: service.memoryLimit.bytes } : {}),
    instances: service.instances.count,
    environment: service.environment,
  };
  const { hasMigration, ...release } = candidate;
  const old = stable?.version === candidate.version ? null : stable;
  // Of a version that is live already nothing is taken away again.
  const isLive = stable?.version === candidate.version;
  const build = stepBuilder(request.service, spec, release, old, policy, isLive);
  const hasTraffic = listener !== null;
  const isRollback = request.kind === "rollback";

  const steps: StepSpec[] = [];
  if (request.kind === "deploy" && request.override) steps.push(build.overrideGate(request.override));
  const isApproved = request.kind === "rollback" || request.approved === true;
  if (settings.approval.choice === "manual" && !isApproved) steps.push(build.approval());
  // Going back never runs a migration, neither up nor down.
  if (hasMigration && !isRollback) steps.push(build.migrate());
  steps.push(build.start(), build.awaitHealthy());
  if (hasTraffic && (old === null || isRollback)) steps.push(build.weights(100));
  if (old !== null && !isRollback) {
    if (hasTraffic) {
      for (const weight of policy.steps.percents) steps.push(build.weights(weight), build.observe(weight));
      if (policy.bake.ms > 0) steps.push(build.bake());
    } else {
      steps.push(build.observe(0));
    }
  }
  if (old !== null) steps.push(build.drain());

  const title = planTitle(request, old?.version ?? null);
  return { kind: "run", policy, plan: { kind: "rollout", title, target: lockOf(request.service), steps } };
}

/** The lock that lets one rollout at a time touch a service. */
export const lockOf = (service: string): string => `service/${service}`;

export const unknownService = (definition: Operations, service: string) =>
  notFound(
    "service_unknown",
    `The definition has no service ${service}.`,
    `Name one of: ${Object.keys(definition.services).join(", ")}.`,
  );

/** Live, alone, and with all of its traffic: there is nothing to do. */
function isSettled(target: ObservedTarget | null, version: string): boolean {
  const releases = Object.entries(target?.desired?.releases ?? {}).filter(([, r]) => r.instances > 0);
  const alone = releases.length === 1 && releases[0]?.[0] === version;
  return alone && (target?.desired?.listener === null || target?.weights[version] === 100);
}

function planTitle(request: RolloutRequest, from: string | null): Text {
  const { service, version } = request;
  if (request.kind === "rollback") {
    return { en: `Roll ${service} back to ${version}`, ja: `${service} を ${version} に戻す` };
  }
  return from
    ? {
        en: `Roll ${service} out from ${from} to ${version}`,
        ja: `${service} を ${from} から ${version} へ更新`,
      }
    : { en: `Start ${service} ${version}`, ja: `${service} ${version} を開始` };
}

function stepBuilder(
  service: string,
  spec: ServiceSpec,
  candidate: ReleaseSpec,
  stable: ReleaseSpec | null,
  policy: Policy,
  isLive: boolean,
) {
  const json = (value: unknown): Json => JSON.parse(JSON.stringify(value));
  const names = { service, candidate: candidate.version, stable: stable?.version ?? null };
  const effect = (action: string, input: unknown, timeoutMs: number) => ({
    action,
    input: json(input),
    idempotent: true,
    timeoutMs,
  });
  const restore = (removeCandidate: boolean) =>
    effect("rollout.restore", { ...names, spec, release: stable, removeCandidate }, RESTORE_MS);
  const analysis = {
    ...names,
    instances: spec.instances,
    hasTraffic: spec.listener !== null,
    analysis: policy.analysis,
    stabilitySeconds: policy.stability.ms / 1000,
    extensions: policy.extensions.count,
    automaticRollback: policy.automaticRollback.choice === "on",
    restarts: { $output: ["await-healthy", "restarts"] },
  };
  const stepMs = 30_000;

  return {
    approval: (): StepSpec => ({
      name: "approve",
      title: { en: "Approve the rollout", ja: "ロールアウトを承認する" },
      ...effect("nothing", { service, version: candidate.version, digest: candidate.digest }, stepMs),
      wait: { kind: "approval", approvers: 1 },
    }),
    overrideGate: ({ approvers, ...why }: GateOverride): StepSpec => ({
      name: "override-gate",
      title: { en: "Override the change gate", ja: "変更ゲートの判定を覆す" },
      ...effect("nothing", { service, version: candidate.version, digest: candidate.digest, ...why }, stepMs),
      wait: { kind: "approval", approvers },
    }),
    // A migration has to be repeatable: after a crash in the middle it is run again.
    migrate: (): StepSpec => ({
      name: "migrate",
      title: { en: "Run the release's migration", ja: "リリースのマイグレーションを実行する" },
      ...effect("rollout.migrate", { service, spec, release: candidate }, MIGRATE_MS),
    }),
    start: (): StepSpec => ({
      name: "start",
      title: {
        en: `Start ${candidate.version} with full capacity`,
        ja: `${candidate.version} を全台数で起動する`,
      },
      ...effect("rollout.start", { ...names, spec, release: candidate }, START_MS),
      ...(isLive ? {} : { compensate: restore(true) }),
    }),
    awaitHealthy: (): StepSpec => ({
      name: "await-healthy",
      title: { en: "Wait until it is healthy", ja: "正常になるまで待つ" },
      ...effect(
        "rollout.await-healthy",
        { ...names, instances: spec.instances, startTimeoutMs: policy.startTimeout.ms },
        stepMs,
      ),
    }),
    weights: (percent: number): StepSpec => ({
      name: `weight-${percent}`,
      title: {
        en: `Give ${candidate.version} ${percent} % of the traffic`,
        ja: `${candidate.version} にトラフィックの ${percent} % を割り当てる`,
      },
      ...effect("rollout.weights", { ...names, percent, instances: spec.instances }, WEIGHTS_MS),
      ...(isLive ? {} : { compensate: restore(false) }),
    }),
    observe: (weight: number): StepSpec => ({
      name: `observe-${weight}`,
      title: { en: `Observe at ${weight} %`, ja: `${weight} % で観測する` },
      ...effect(
        "rollout.observe",
        {
          ...analysis,
          name: `observe-${weight}`,
          phase: "step",
          weight,
          seconds: policy.stability.ms / 1000,
        },
        stepMs,
      ),
    }),
    bake: (): StepSpec => ({
      name: "bake",
      title: { en: "Keep the old version ready", ja: "旧版を待機させたまま観測する" },
      ...effect(
        "rollout.observe",
        {
          ...analysis,
          name: "bake",
          phase: "bake",
          weight: 100,
          seconds: policy.bake.ms / 1000,
          // A short bake is judged together with the step before it, so that it has enough requests.
          countsFrom: { $output: [`observe-${policy.steps.percents.at(-1)}`, "since"] },
        },
        stepMs,
      ),
    }),
    drain: (): StepSpec => ({
      name: "drain",
      title: { en: `Drain ${stable?.version}`, ja: `${stable?.version} を停止する` },
      ...effect("rollout.drain", { ...names, drainMs: spec.drainMs }, stepMs),
    }),
  };
}

/** Policies that could not be executed safely are refused before anything changes. */
export function assertPolicy(policy: Policy): void {
  const { percents } = policy.steps;
  const rising = percents.every((p, i) => p > (percents[i - 1] ?? 0) && p <= 100);
  if (percents.length === 0 || !rising || percents.at(-1) !== 100) {
    throw invalid(
      "rollout_steps_invalid",
      `The steps ${percents.join(", ")} do not rise to 100.`,
      "Correct `steps` of the rollout policy, for example 10, 50, 100.",
    );
  }
}
