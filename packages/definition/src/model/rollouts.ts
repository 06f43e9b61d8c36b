import { z } from "zod";
import { count, percent, seconds } from "../units.ts";
import { CountSchema, choiceOf, DurationSchema, RatioSchema, StepsSchema, TextSchema } from "./values.ts";

const strategy = choiceOf(["blue-green"]);
const steps = StepsSchema;
const stability = DurationSchema.describe("Observed healthy time that each step needs.");
const bake = DurationSchema.describe("Observed time at 100 % before the old version drains.");
const startTimeout = DurationSchema.describe("Longest wait for a new instance to become healthy.");
const extensions = CountSchema.describe(
  "How many times an inconclusive step is prolonged by `stability` before it stops and rolls back.",
);
const automaticRollback = choiceOf(["on", "off"]);

const analysis = z.strictObject({
  minimumSamples: CountSchema.describe("Requests of the candidate below which a step is inconclusive."),
  significance: z
    .number()
    .gt(0)
    .lt(1)
    .describe("One-sided p-value at or below which the candidate is worse than the baseline."),
  maximumErrorRatio: RatioSchema.describe(
    "The candidate also fails when its own 5xx ratio is at or above this, whatever the baseline.",
  ),
  latency: z.strictObject({ quantile: z.number().gt(0).lt(1), maximum: DurationSchema }).optional(),
});

export const RolloutPolicySchema = z
  .strictObject({
    strategy: strategy.default({ kind: "choice", choice: "blue-green" }),
    steps,
    stability,
    bake,
    startTimeout: startTimeout.default(seconds(60)),
    analysis: analysis.default({
      minimumSamples: count(30),
      significance: 0.01,
      maximumErrorRatio: percent(5),
    }),
    extensions: extensions.default(count(2)),
    automaticRollback: automaticRollback.default({ kind: "choice", choice: "on" }),
  })
  .meta({ id: "RolloutPolicy", description: "How a new version takes over the traffic." });

/** Without defaults: what an environment does not name stays as the definition says. */
export const RolloutOverrideSchema = z
  .strictObject({ strategy, steps, stability, bake, startTimeout, analysis, extensions, automaticRollback })
  .partial()
  .extend({ because: TextSchema.describe("Why this environment differs; shown to users.") })
  .meta({
    id: "RolloutOverride",
    description: "Named differences of one environment from a rollout policy.",
  });

export type RolloutPolicy = z.infer<typeof RolloutPolicySchema>;
export type RolloutOverride = z.infer<typeof RolloutOverrideSchema>;
