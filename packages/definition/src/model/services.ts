import { z } from "zod";
import { count, seconds } from "../units.ts";
import { RolloutOverrideSchema } from "./rollouts.ts";
import { CountSchema, choiceOf, DurationSchema, NameSchema, SizeSchema, TextSchema } from "./values.ts";

export const EnvironmentValueSchema = z
  .union([
    z.string(),
    z.strictObject({ secret: z.string() }).describe("Name of a secret; its value never stands here."),
    z.strictObject({ serviceUrl: z.string() }).describe("Base URL of another service's listener."),
  ])
  .meta({ id: "EnvironmentValue", description: "Where a service's environment variable comes from." });

export const ServiceSchema = z
  .strictObject({
    title: TextSchema,
    exposure: z
      .enum(["public", "internal", "none"])
      .describe(
        "`public`: reachable through the edge; `internal`: loopback listener; `none`: takes no traffic.",
      ),
    instances: CountSchema.default(count(1)),
    health: z
      .strictObject({
        path: z.string().regex(/^\//, "must start with /").default("/health/ready"),
        interval: DurationSchema.default(seconds(1)),
        timeout: DurationSchema.default(seconds(1)),
      })
      .prefault({}),
    drain: DurationSchema.default(seconds(10)).describe(
      "How long in-flight requests may take to finish on stop.",
    ),
    memoryLimit: SizeSchema.optional(),
    environment: z.record(z.string(), EnvironmentValueSchema).default({}),
    dependsOn: z.array(z.string()).default([]),
    rollout: z.string().describe("Name of the rollout policy."),
  })
  .meta({ id: "Service", description: "One kind of process that Toban runs." });

export const EnvironmentSchema = z
  .strictObject({
    title: TextSchema,
    approval: choiceOf(["none", "automatic", "manual"]).describe("Who lets a release into the environment."),
    gate: choiceOf(["required", "off"])
      .default({ kind: "choice", choice: "off" })
      .describe("Whether a release needs a passing verdict of the change gate."),
    rollouts: z.record(NameSchema, RolloutOverrideSchema).default({}),
  })
  .meta({ id: "Environment", description: "One place where the system runs." });

export type EnvironmentValue = z.infer<typeof EnvironmentValueSchema>;
export type Service = z.infer<typeof ServiceSchema>;
export type Environment = z.infer<typeof EnvironmentSchema>;
