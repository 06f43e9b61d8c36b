import type { Operations } from "@toban/definition";
import type { Secrets } from "../platform/secrets.ts";

/** Where instances send telemetry, and with which token. */
export function telemetryEnvironment(port: number, ingestToken: string): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/otlp`,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${ingestToken}`,
  };
}

/** The owner URL that belongs to a service's `DATABASE_URL`, for its migrations. */
export function migrationEnvironment(
  operations: Operations,
  secrets: Pick<Secrets, "get">,
  service: string,
): Record<string, string> {
  const value = operations.services[service]?.environment.DATABASE_URL;
  if (typeof value !== "object" || !("secret" in value)) return {};
  const owner = secrets.get(value.secret.replace(/-url$/, "-owner-url"));
  return owner === undefined ? {} : { DATABASE_OWNER_URL: owner };
}

/** Generates the secrets that services share and nobody has set; URLs of third parties are never made up. */
export async function ensureSharedSecrets(operations: Operations, secrets: Secrets): Promise<void> {
  for (const service of Object.values(operations.services)) {
    for (const value of Object.values(service.environment)) {
      if (typeof value === "object" && "secret" in value && !value.secret.endsWith("-url")) {
        await secrets.ensure(value.secret);
      }
    }
  }
}
