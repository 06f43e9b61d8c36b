import type { Refusal } from "./errors.ts";

/** `sysexits.h`: something in the configuration is wrong. */
export const EX_CONFIG = 78;

export type Variables = Record<string, string | undefined>;

export type EnvironmentCheck<R extends string, O extends string> =
  | { ok: true; values: Record<R, string> & Partial<Record<O, string>> }
  | { ok: false; missing: string[]; refusal: Refusal };

/** Names every required variable that is missing or blank, all at once; a value is never part of the answer. */
export function checkEnvironment<R extends string, O extends string = never>(
  names: { required: readonly R[]; optional?: readonly O[] },
  variables: Variables,
): EnvironmentCheck<R, O> {
  const missing = names.required.filter((name) => isBlank(variables[name]));
  if (missing.length > 0) {
    return {
      ok: false,
      missing,
      refusal: {
        code: "environment_missing",
        reason: `Required environment variables are missing or empty: ${missing.join(", ")}.`,
        remedy: "Set them in the definition of this service's environment, then start it again.",
      },
    };
  }
  const values: Record<string, string> = {};
  for (const name of [...names.required, ...(names.optional ?? [])]) {
    const value = variables[name];
    if (!isBlank(value)) values[name] = value as string;
  }
  return { ok: true, values: values as Record<R, string> & Partial<Record<O, string>> };
}

export type ServiceSettings = {
  /** 0 picks a free port. */
  port: number;
  service: string;
  release: string;
  instance: string;
  environment: string;
  /** How long requests in flight may go on after the stop signal. Default 10 000 ms. */
  drainMs: number;
  logLevel: string;
  /** Absent: no telemetry leaves the process. */
  otlp: { endpoint: string; headers: Record<string, string> } | null;
};

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/** What the agent tells an instance about itself. Names of bad variables, never their values. */
export function readSettings(
  name: string,
  variables: Variables,
  pid: number,
): { ok: true; settings: ServiceSettings } | { ok: false; refusal: Refusal } {
  const bad: string[] = [];
  const port = wholeNumber(variables.PORT, 0, 65_535);
  if (port === null) bad.push("PORT (a port number)");
  const drainMs = isBlank(variables.TOBAN_DRAIN_MS)
    ? 10_000
    : wholeNumber(variables.TOBAN_DRAIN_MS, 0, 600_000);
  if (drainMs === null) bad.push("TOBAN_DRAIN_MS (milliseconds, at most 600000)");
  const endpoint = variables.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!isBlank(endpoint) && !isHttpUrl(endpoint as string))
    bad.push("OTEL_EXPORTER_OTLP_ENDPOINT (an http URL)");
  const logLevel = variables.TOBAN_LOG_LEVEL || "info";
  if (!LOG_LEVELS.includes(logLevel)) bad.push(`TOBAN_LOG_LEVEL (one of ${LOG_LEVELS.join(", ")})`);
  if (bad.length > 0 || port === null || drainMs === null) {
    return {
      ok: false,
      refusal: {
        code: "environment_invalid",
        reason: `Environment variables have an unusable value: ${bad.join("; ")}.`,
        remedy: "Correct them in the definition of this service's environment, then start it again.",
      },
    };
  }
  return {
    ok: true,
    settings: {
      port,
      service: variables.TOBAN_SERVICE || name,
      release: variables.TOBAN_RELEASE || "0.0.0-unreleased",
      instance: variables.TOBAN_INSTANCE || `${name}-${pid}`,
      environment: variables.TOBAN_ENVIRONMENT || "development",
      drainMs,
      logLevel,
      otlp: isBlank(endpoint)
        ? null
        : {
            endpoint: (endpoint as string).replace(/\/$/, ""),
            headers: parseHeaders(variables.OTEL_EXPORTER_OTLP_HEADERS ?? ""),
          },
    },
  };
}

/** The W3C list of `OTEL_EXPORTER_OTLP_HEADERS`: `name=value,name=value`, percent-encoded. */
export function parseHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of text.split(",")) {
    const at = pair.indexOf("=");
    if (at < 1) continue;
    const name = pair.slice(0, at).trim().toLowerCase();
    const value = pair.slice(at + 1).trim();
    try {
      headers[name] = decodeURIComponent(value);
    } catch {
      headers[name] = value;
    }
  }
  return headers;
}

function isBlank(value: string | undefined): boolean {
  return value === undefined || value.trim() === "";
}

function wholeNumber(text: string | undefined, min: number, max: number): number | null {
  if (text === undefined || !/^\d{1,9}$/.test(text.trim())) return null;
  const value = Number(text);
  return value >= min && value <= max ? value : null;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
