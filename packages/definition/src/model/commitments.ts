import { z } from "zod";
import { DataSchema, DurationSchema, NameSchema, ScalarSchema, TextSchema, ValueSchema } from "./values.ts";

const CommitmentIdSchema = z
  .string()
  .regex(/^[A-Z][A-Z0-9]*-[A-Z0-9-]+$/, "must look like RF-013: register, hyphen, number");

export const ComparatorSchema = z
  .enum(["at-most", "at-least", "equals", "below", "above"])
  .meta({ id: "Comparator", description: "How the measured value has to stand to the stated one." });

export const CommitmentSchema = z
  .strictObject({
    id: CommitmentIdSchema,
    register: z.string(),
    says: TextSchema.describe("The promise in one sentence."),
    source: z.string().describe('Section of the source document, for example "9.2.2".'),
    value: ValueSchema,
    parts: z
      .record(NameSchema, ScalarSchema)
      .optional()
      .describe("Further numbers of the same sentence, by name: 30 days at hand, then one year archived."),
    comparator: ComparatorSchema,
    scope: z
      .string()
      .describe("What the value is about. Commitments of equal scope are compared; by default its own id."),
  })
  .meta({ id: "Commitment", description: "One statement of an operations design, with its value." });

export const RegisterSchema = z
  .strictObject({
    id: z.string().regex(/^[A-Z][A-Z0-9]*$/, "must be capital letters and digits"),
    document: z.string(),
    section: z.string(),
    commitments: z.array(CommitmentSchema),
  })
  .meta({ id: "Register", description: "All commitments of one source document." });

export const ProofSchema = z
  .strictObject({
    id: z.string().min(1),
    kind: z.string().min(1).describe('Which runner executes it, for example "rollout.weights".'),
    proves: z.array(CommitmentIdSchema).min(1),
    parameters: DataSchema.default({}),
    expiresAfter: DurationSchema.describe("Evidence is stale after this."),
    dependsOn: z
      .array(z.string())
      .default([])
      .describe(
        'What makes the evidence stale when it changes: a path of the definition ("rollouts.standard", ' +
          '"commitments.RF-013") or "release:<service>", "runbook:<name>", "schema:<name>", "template:<name>".',
      ),
  })
  .meta({
    id: "Proof",
    description: "A repeatable exercise of the running system that measures commitments.",
  });

export const AcceptanceSchema = z
  .strictObject({
    commitment: CommitmentIdSchema,
    reason: TextSchema,
    approver: z.string().describe("The person who carries the risk."),
    until: z.iso.date().describe("Last day on which the acceptance counts, YYYY-MM-DD."),
  })
  .meta({ id: "Acceptance", description: "A risk that a person accepted for a limited time." });

export type Comparator = z.infer<typeof ComparatorSchema>;
export type Commitment = z.infer<typeof CommitmentSchema>;
export type Register = z.infer<typeof RegisterSchema>;
export type Proof = z.infer<typeof ProofSchema>;
export type Acceptance = z.infer<typeof AcceptanceSchema>;
