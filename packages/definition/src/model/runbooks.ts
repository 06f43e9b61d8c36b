import { z } from "zod";
import { seconds } from "../units.ts";
import { DataSchema, DurationSchema, TextSchema } from "./values.ts";

export const RunbookStepSchema = z
  .strictObject({
    title: TextSchema,
    action: z.string().min(1).describe("Name of the action that performs the step."),
    input: DataSchema.default({}),
    idempotent: z
      .boolean()
      .default(false)
      .describe("False: an unknown outcome is never retried by itself; a person decides."),
    timeout: DurationSchema.default(seconds(60)),
  })
  .meta({ id: "RunbookStep", description: "One action of a runbook." });

export const RunbookSchema = z
  .strictObject({
    title: TextSchema,
    owner: z.string(),
    triage: TextSchema.describe("How to find the cause."),
    firstResponse: TextSchema.describe("What to do first."),
    escalation: TextSchema.describe("Whom to call when that is not enough."),
    steps: z.array(RunbookStepSchema).default([]),
  })
  .meta({ id: "Runbook", description: "What to do when something happens." });

export const SwitchSchema = z
  .strictObject({ title: TextSchema, services: z.array(z.string()), default: z.enum(["on", "off"]) })
  .meta({ id: "Switch", description: "A kill switch that services obey." });

export type RunbookStep = z.infer<typeof RunbookStepSchema>;
export type Runbook = z.infer<typeof RunbookSchema>;
export type Switch = z.infer<typeof SwitchSchema>;
