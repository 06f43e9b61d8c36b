import { z } from "zod";
import { AlertSchema, ChannelSchema, IndicatorSchema, ObjectiveSchema, RouteSchema } from "./alerts.ts";
import { AcceptanceSchema, ProofSchema, RegisterSchema } from "./commitments.ts";
import { RolloutPolicySchema } from "./rollouts.ts";
import { RunbookSchema, SwitchSchema } from "./runbooks.ts";
import { EnvironmentSchema, ServiceSchema } from "./services.ts";
import {
  CountSchema,
  DurationSchema,
  NameSchema,
  RateSchema,
  RatioSchema,
  TextSchema,
  ValueSchema,
} from "./values.ts";

export const MechanismSchema = z.strictObject({ title: TextSchema, keeps: z.array(ValueSchema) }).meta({
  id: "Mechanism",
  description: "A part of the product that keeps commitments which have no field of their own.",
});

const named = <S extends z.ZodType>(schema: S) => z.record(NameSchema, schema);

export const OperationsSchema = z
  .strictObject({
    system: NameSchema,
    title: TextSchema,
    registers: z.array(RegisterSchema).default([]).describe("The commitments of the source documents."),
    services: named(ServiceSchema).default({}).describe("The processes that run."),
    environments: named(EnvironmentSchema).default({}).describe("The places where the system runs."),
    rollouts: named(RolloutPolicySchema).default({}).describe("How new versions take over."),
    indicators: named(IndicatorSchema).default({}).describe("What is measured."),
    objectives: named(ObjectiveSchema).default({}).describe("Shares of good events that are aimed at."),
    alerts: named(AlertSchema).default({}).describe("When somebody has to act."),
    routes: named(RouteSchema).default({}).describe("Who is told, and how soon they answer."),
    channels: named(ChannelSchema).default({}).describe("The ways out to people."),
    runbooks: named(RunbookSchema).default({}).describe("What to do."),
    switches: named(SwitchSchema).default({}).describe("Kill switches."),
    sessions: z
      .strictObject({ idleTimeout: DurationSchema, absoluteTimeout: DurationSchema })
      .optional()
      .describe("How long a person stays signed in."),
    limits: named(z.strictObject({ rate: RateSchema, burst: CountSchema }))
      .default({})
      .describe("How often somebody may do something."),
    retention: named(DurationSchema).default({}).describe("How long each kind of record is kept."),
    recovery: named(z.strictObject({ rto: DurationSchema, rpo: DurationSchema }))
      .default({})
      .describe("How fast (rto) and with how little loss (rpo) each system comes back."),
    gate: z
      .strictObject({
        vulnerabilities: z
          .strictObject({ critical: DurationSchema, high: DurationSchema })
          .describe("How long a vulnerability may stay after it was first seen."),
        lineCoverage: RatioSchema.describe("The least share of lines that tests have run."),
      })
      .optional()
      .describe("What the change gate demands of a release."),
    mechanisms: named(MechanismSchema)
      .default({})
      .describe("What keeps the promises that have no field of their own."),
    proofs: z.array(ProofSchema).default([]).describe("How promises are measured."),
    acceptances: z.array(AcceptanceSchema).default([]).describe("Risks that a person accepted."),
  })
  .meta({ id: "Operations", description: "The resolved definition: pure data, what every mechanism reads." });

export type Mechanism = z.infer<typeof MechanismSchema>;
export type Operations = z.infer<typeof OperationsSchema>;
