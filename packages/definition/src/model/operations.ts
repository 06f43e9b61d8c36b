import { z } from "zod";
import { AlertSchema, ChannelSchema, IndicatorSchema, ObjectiveSchema, RouteSchema } from "./alerts.ts";
import { AcceptanceSchema, ProofSchema, RegisterSchema } from "./commitments.ts";
import { RolloutPolicySchema } from "./rollouts.ts";
import { RunbookSchema, SwitchSchema } from "./runbooks.ts";
import { EnvironmentSchema, ServiceSchema } from "./services.ts";
import { CountSchema, DurationSchema, NameSchema, RateSchema, TextSchema, ValueSchema } from "./values.ts";

export const MechanismSchema = z.strictObject({ title: TextSchema, keeps: z.array(ValueSchema) }).meta({
  id: "Mechanism",
  description: "A part of the product that keeps commitments which have no field of their own.",
});

const named = <S extends z.ZodType>(schema: S) => z.record(NameSchema, schema);

export const OperationsSchema = z
  .strictObject({
    system: NameSchema,
    title: TextSchema,
    registers: z.array(RegisterSchema).default([]),
    services: named(ServiceSchema).default({}),
    environments: named(EnvironmentSchema).default({}),
    rollouts: named(RolloutPolicySchema).default({}),
    indicators: named(IndicatorSchema).default({}),
    objectives: named(ObjectiveSchema).default({}),
    alerts: named(AlertSchema).default({}),
    routes: named(RouteSchema).default({}),
    channels: named(ChannelSchema).default({}),
    runbooks: named(RunbookSchema).default({}),
    switches: named(SwitchSchema).default({}),
    sessions: z.strictObject({ idleTimeout: DurationSchema, absoluteTimeout: DurationSchema }).optional(),
    limits: named(z.strictObject({ rate: RateSchema, burst: CountSchema })).default({}),
    retention: named(DurationSchema).default({}),
    recovery: named(z.strictObject({ rto: DurationSchema, rpo: DurationSchema })).default({}),
    mechanisms: named(MechanismSchema).default({}),
    proofs: z.array(ProofSchema).default([]),
    acceptances: z.array(AcceptanceSchema).default([]),
  })
  .meta({ id: "Operations", description: "The resolved definition: pure data, what every mechanism reads." });

export type Mechanism = z.infer<typeof MechanismSchema>;
export type Operations = z.infer<typeof OperationsSchema>;
