import type { DesiredTarget, ObservedTarget, ReleaseSpec, ServiceSpec, TargetInstance } from "./types.ts";

// Pure edits of what a target is asked to run.

export type ReleaseEnvironment = { release: ReleaseSpec; environment: Record<string, string> };

/** The service with this release at full capacity; of the others only `keep` stays. Weights do not change. */
export function withRelease(
  observed: ObservedTarget | null,
  spec: ServiceSpec,
  added: ReleaseEnvironment,
  keep: string | null,
): DesiredTarget {
  const before = observed?.desired;
  const releases: DesiredTarget["releases"] = {};
  const kept = keep === null ? undefined : before?.releases[keep];
  if (keep !== null && kept) releases[keep] = kept;
  releases[added.release.version] = {
    directory: added.release.directory,
    instances: spec.instances,
    environment: added.environment,
  };
  const weights = Object.fromEntries(
    Object.entries(before?.weights ?? {}).filter(([version]) => releases[version] !== undefined),
  );
  return {
    listener: listenerOf(spec, observed),
    health: spec.health,
    drainMs: spec.drainMs,
    ...(spec.memoryLimitBytes === undefined ? {} : { memoryLimitBytes: spec.memoryLimitBytes }),
    releases,
    weights: fillTo100(weights),
  };
}

/** A port that was picked once stays, so that clients keep their address. */
function listenerOf(spec: ServiceSpec, observed: ObservedTarget | null): DesiredTarget["listener"] {
  if (!spec.listener) return null;
  const known = observed?.listener?.port ?? observed?.desired?.listener?.port ?? 0;
  return spec.listener.port === 0 ? { ...spec.listener, port: known } : spec.listener;
}

/** Removing a version must leave weights that add up to 100, or none. */
function fillTo100(weights: Record<string, number>): Record<string, number> {
  const entries = Object.entries(weights);
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  if (total === 0 || total === 100) return weights;
  const [heaviest] = entries.sort(([, a], [, b]) => b - a);
  return heaviest ? { [heaviest[0]]: 100 } : {};
}

/** `percent` for the candidate, the rest for the stable version. */
export function withWeights(
  desired: DesiredTarget,
  candidate: string,
  stable: string | null,
  percent: number,
): DesiredTarget {
  const weights: Record<string, number> = { [candidate]: percent };
  if (stable !== null && desired.releases[stable]) weights[stable] = 100 - percent;
  return { ...desired, weights };
}

/** Without this release and without weight for it. */
export function withoutRelease(desired: DesiredTarget, version: string): DesiredTarget {
  const { [version]: _release, ...releases } = desired.releases;
  const { [version]: _weight, ...weights } = desired.weights;
  return { ...desired, releases, weights: fillTo100(weights) };
}

export const instancesOf = (observed: ObservedTarget | null, version: string): TargetInstance[] =>
  observed?.instances.filter((instance) => instance.version === version) ?? [];

export const healthyCount = (instances: TargetInstance[]): number =>
  instances.filter((instance) => instance.state === "healthy").length;

export const restartsOf = (instances: TargetInstance[]): number =>
  instances.reduce((sum, instance) => sum + instance.restarts, 0);

export const weightOf = (weights: Record<string, number>, version: string): number => weights[version] ?? 0;
