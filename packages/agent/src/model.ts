import { z } from "zod";
import { invalid, type Refusal } from "./errors.ts";

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i, "letters, digits, dot, dash and underscore, at most 63 characters");
const environmentVariables = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "not a name of an environment variable"),
  z.string(),
);
const absolutePath = z.string().startsWith("/", "an absolute path is needed");

export const desiredServiceSchema = z
  .strictObject({
    /** Of the run that asks; a lower one than the last accepted is refused. */
    fence: z.int().min(0),
    listener: z
      .strictObject({
        host: z.string().min(1),
        /** 0 picks a free port once and keeps it. */
        port: z.int().min(0).max(65535),
        sticky: z.boolean(),
      })
      .nullable(),
    health: z.strictObject({
      path: z.string().startsWith("/"),
      intervalMs: z.int().min(50).max(600_000),
      timeoutMs: z.int().min(50).max(600_000),
    }),
    /** How long in-flight requests may take to finish on stop. */
    drainMs: z.int().min(0).max(3_600_000),
    memoryLimitBytes: z.int().min(1).optional(),
    releases: z.record(
      name,
      z.strictObject({
        directory: absolutePath,
        instances: z.int().min(0).max(64),
        environment: environmentVariables,
      }),
    ),
    /** Percent by version; they add up to 100, or are all 0. */
    weights: z.record(name, z.number().min(0).max(100)),
  })
  .superRefine((desired, context) => {
    const total = Object.values(desired.weights).reduce((sum, weight) => sum + weight, 0);
    if (total !== 0 && Math.abs(total - 100) > 1e-6)
      context.addIssue({ code: "custom", path: ["weights"], message: `add up to ${total}, not to 100 or 0` });
    for (const [version, weight] of Object.entries(desired.weights))
      if (weight > 0 && !desired.releases[version])
        context.addIssue({
          code: "custom",
          path: ["weights", version],
          message: "has a weight, but no release",
        });
  });

export const releaseManifestSchema = z.object({
  service: name,
  version: name,
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/i),
  command: z.array(z.string().min(1)).min(1),
  healthPath: z.string().startsWith("/"),
  migrate: z.array(z.string().min(1)).min(1).optional(),
});

export const telemetryTargetSchema = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }),
  headers: z.record(z.string(), z.string()),
  environment: z.string().min(1),
});

export const commandSchema = z.strictObject({
  directory: absolutePath,
  command: z.union([z.literal("migrate"), z.array(z.string().min(1)).min(1)]),
  environment: environmentVariables,
  timeoutMs: z.int().min(1).max(86_400_000),
});

export const serviceNameSchema = name;

export type DesiredService = z.infer<typeof desiredServiceSchema>;
export type ReleaseManifest = z.infer<typeof releaseManifestSchema>;
export type TelemetryTarget = z.infer<typeof telemetryTargetSchema>;
export type Command = z.infer<typeof commandSchema>;

export type CommandResult = {
  /** 124 after a timeout, 128 + n after signal n. */
  exitCode: number;
  /** The last 8 KB of standard output and error, secrets masked. */
  output: string;
  timedOut: boolean;
};

export type InstanceState = "starting" | "healthy" | "unhealthy" | "backoff" | "draining" | "failed";
/** Times are ISO 8601. */
export type Exit = { code: number | null; signal: string | null; at: string };

export type ObservedInstance = {
  id: string;
  version: string;
  pid: number | null;
  port: number | null;
  state: InstanceState;
  startedAt: string | null;
  /** Since when every health check has passed, as observed by this run of the agent. */
  healthySince: string | null;
  restarts: number;
  rssBytes: number | null;
  lastExit: Exit | null;
  /** Why the instance cannot be started; only in state `failed`. */
  refusal: Refusal | null;
};

export type ObservedService = {
  service: string;
  desired: DesiredService | null;
  listener: { host: string; port: number } | null;
  /** What the edge applies right now. */
  weights: Record<string, number>;
  instances: ObservedInstance[];
};

export type AgentState = { services: ObservedService[]; startedAt: string; pid: number };

export type AgentHealth = {
  ok: boolean;
  pid: number;
  startedAt: string;
  /** What went wrong and still matters: a state file moved aside, a listener that cannot open. */
  problems: Refusal[];
  telemetry: { bufferedSeconds: number; droppedSeconds: number; lastError: string | null };
};

/** Checks a value from outside; throws `invalid` naming every field that is wrong. */
export function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.map((issue) => `${issue.path.join(".") || what}: ${issue.message}`);
  throw invalid(`${what}_invalid`, fields.join("; "), "Correct the named fields and send it again.");
}
