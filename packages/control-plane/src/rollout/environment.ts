import type { EnvironmentValue } from "@toban/definition";
import { invalid, unavailable } from "../platform/errors.ts";
import type { RolloutDeps, ServiceSpec } from "./types.ts";

type EnvironmentDeps = Pick<RolloutDeps, "driver" | "secret" | "environment" | "instanceEnvironment">;

/** Names of secrets that a service needs and nobody has set. */
export function missingSecrets(
  environment: Record<string, EnvironmentValue>,
  secret: RolloutDeps["secret"],
): string[] {
  return Object.values(environment).flatMap((value) =>
    typeof value === "object" && "secret" in value && secret(value.secret) === undefined
      ? [value.secret]
      : [],
  );
}

export const secretsMissing = (service: string, names: string[]) =>
  invalid(
    "secret_missing",
    `${service} needs ${names.join(", ")}, which nobody has set.`,
    "Set each with `npx toban secret set NAME` (the value on standard input), then deploy again.",
  );

/** Values for one release's processes. Throws `invalid` for a missing secret, `unavailable` for a missing service. */
export async function resolveEnvironment(
  deps: EnvironmentDeps,
  service: string,
  spec: Pick<ServiceSpec, "environment">,
): Promise<Record<string, string>> {
  const missing = missingSecrets(spec.environment, deps.secret);
  if (missing.length > 0) throw secretsMissing(service, missing);
  const resolved: Record<string, string> = {
    TOBAN_ENVIRONMENT: deps.environment,
    ...deps.instanceEnvironment?.(service),
  };
  for (const [name, value] of Object.entries(spec.environment)) {
    if (typeof value === "string") resolved[name] = value;
    else if ("secret" in value) resolved[name] = deps.secret(value.secret) ?? "";
    else resolved[name] = await serviceUrl(deps, value.serviceUrl);
  }
  return resolved;
}

async function serviceUrl(deps: EnvironmentDeps, service: string): Promise<string> {
  const listener = (await deps.driver.observe(service))?.listener;
  if (!listener) {
    throw unavailable(
      "service_not_running",
      `${service} has no address yet, so its users cannot start.`,
      `Deploy ${service} first.`,
    );
  }
  return `http://${listener.host}:${listener.port}`;
}
