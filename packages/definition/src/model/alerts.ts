import { z } from "zod";
import { DurationSchema, RatioSchema, TextSchema, ThresholdsSchema } from "./values.ts";

const quantile = z.number().gt(0).lt(1);

export const IndicatorSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("error-ratio"),
      service: z.string(),
      statusClass: z.enum(["4xx", "5xx"]),
      route: z.string().optional(),
    }),
    z.strictObject({
      kind: z.literal("latency"),
      service: z.string(),
      quantile,
      route: z.string().optional(),
    }),
    z.strictObject({
      kind: z.literal("gauge"),
      metric: z.string(),
      service: z.string().optional(),
      aggregate: z.enum(["max", "avg", "min", "last", "sum"]),
    }),
    z
      .strictObject({
        kind: z.literal("absence"),
        service: z.string(),
        signal: z.enum(["spans", "metrics", "logs"]),
      })
      .describe("Value is 1 when nothing was received in the window."),
    z
      .strictObject({
        kind: z.literal("missing"),
        metrics: z.array(z.string()).min(1),
        service: z.string().optional(),
      })
      .describe("Value is how many of these gauges had no number in the window."),
  ])
  .meta({ id: "Indicator", description: "What is measured, as a typed query." });

export const SeveritySchema = z.enum(["critical", "high", "medium", "low"]).meta({ id: "Severity" });

export const AlertSchema = z
  .strictObject({
    title: TextSchema,
    indicator: z.string(),
    thresholds: ThresholdsSchema.describe(
      "The carried commitment's comparator says which values are good: below for high bad values, above for low ones.",
    ),
    severities: z
      .strictObject({ warning: SeveritySchema, critical: SeveritySchema })
      .default({ warning: "high", critical: "critical" }),
    window: DurationSchema.describe("Span of samples that one evaluation looks at."),
    for: DurationSchema.describe("How long the condition must hold before the alert fires; may be zero."),
    impact: TextSchema.describe("What users notice."),
    runbook: z.string().default("").describe("Name of the runbook; an alert without one is an error."),
    route: z.string(),
    preserve: z
      .literal("audit")
      .optional()
      .describe(
        "Its incident puts a legal hold on the audit log: nothing of it is pruned until a person ends it.",
      ),
  })
  .meta({ id: "Alert", description: "A condition somebody has to act upon." });

export const RouteSchema = z
  .strictObject({ channel: z.string(), respondWithin: DurationSchema })
  .meta({ id: "Route", description: "Where an alert goes and how soon somebody answers." });

export const ChannelSchema = z
  .strictObject({
    kind: z.literal("webhook"),
    url: z.union([z.string(), z.strictObject({ secret: z.string() })]),
  })
  .meta({ id: "Channel", description: "A way out to people." });

export const ObjectiveSchema = z
  .strictObject({ title: TextSchema, indicator: z.string(), target: RatioSchema, window: DurationSchema })
  .meta({ id: "Objective", description: "A share of good events over a window." });

export type Indicator = z.infer<typeof IndicatorSchema>;
export type Severity = z.infer<typeof SeveritySchema>;
export type Alert = z.infer<typeof AlertSchema>;
export type Route = z.infer<typeof RouteSchema>;
export type Channel = z.infer<typeof ChannelSchema>;
export type Objective = z.infer<typeof ObjectiveSchema>;
