import { z } from "zod";

/** Names of services, alerts, runbooks…: short, lower case, without dots, so that paths stay readable. */
export const NameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, "must be lower-case letters, digits and hyphens, starting with a letter");

export const TextSchema = z
  .strictObject({ en: z.string(), ja: z.string() })
  .meta({ id: "Text", description: "A text that people read, in English and Japanese." });

const carried = {
  commitment: z.string().optional().describe("Id of the commitment that states this value."),
};

export const DurationSchema = z
  .strictObject({ kind: z.literal("duration"), ms: z.number(), ...carried })
  .meta({ id: "Duration", description: "A length of time in milliseconds." });
export const RatioSchema = z
  .strictObject({ kind: z.literal("ratio"), ratio: z.number().nonnegative(), ...carried })
  .meta({ id: "Ratio", description: "A share; percent(10) is { ratio: 0.1 }." });
export const CountSchema = z
  .strictObject({ kind: z.literal("count"), count: z.int().nonnegative(), ...carried })
  .meta({ id: "Count", description: "A whole number of things." });
export const MoneySchema = z
  .strictObject({
    kind: z.literal("money"),
    amount: z.number().nonnegative(),
    currency: z.enum(["JPY", "USD"]),
    ...carried,
  })
  .meta({ id: "Money", description: "An amount in one currency, in its main unit (yen, dollars)." });
export const RateSchema = z
  .strictObject({ kind: z.literal("rate"), perSecond: z.number().nonnegative(), ...carried })
  .meta({ id: "Rate", description: "Occurrences in a second." });
export const SizeSchema = z
  .strictObject({ kind: z.literal("size"), bytes: z.int().nonnegative(), ...carried })
  .meta({ id: "Size", description: "An amount of data in bytes." });
export const StepsSchema = z
  .strictObject({ kind: z.literal("steps"), percents: z.array(z.number()), ...carried })
  .meta({ id: "Steps", description: "Traffic weights in percent, rising to 100." });
export const ChoiceSchema = z
  .strictObject({ kind: z.literal("choice"), choice: z.string(), ...carried })
  .meta({ id: "Choice", description: "One of a fixed set of words." });
export const StatementSchema = z
  .strictObject({ kind: z.literal("statement"), ...carried })
  .meta({ id: "Statement", description: "A commitment without a number." });

/** A choice among these words only. */
export const choiceOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.strictObject({ kind: z.literal("choice"), choice: z.enum(words), ...carried });

export const ScalarSchema = z.discriminatedUnion("kind", [
  DurationSchema,
  RatioSchema,
  CountSchema,
  MoneySchema,
  RateSchema,
  SizeSchema,
]);
export const ThresholdsSchema = z
  .strictObject({ kind: z.literal("thresholds"), warning: ScalarSchema, critical: ScalarSchema, ...carried })
  .meta({ id: "Thresholds", description: "Two bounds of one kind: where attention and where alarm starts." });
export const ValueSchema = z
  .discriminatedUnion("kind", [
    DurationSchema,
    RatioSchema,
    CountSchema,
    MoneySchema,
    RateSchema,
    SizeSchema,
    StepsSchema,
    ChoiceSchema,
    StatementSchema,
    ThresholdsSchema,
  ])
  .meta({ id: "Value", description: "Any value that a commitment can state." });

/** True for what JSON can say without loss; a function or a date has no digest. */
function isJson(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every((v) => v === undefined || isJson(v));
}

export const DataSchema = z
  .record(z.string(), z.unknown())
  .refine(isJson, "must be plain JSON: no functions, dates or class instances")
  .meta({ id: "Data", description: "Plain JSON, as the action or the runner expects it." });

export type Text = z.infer<typeof TextSchema>;
/** A value that is a commitment carries the commitment's id wherever it goes. */
export type Carried = { commitment?: string | undefined };
export type Duration = z.infer<typeof DurationSchema>;
export type Ratio = z.infer<typeof RatioSchema>;
export type Count = z.infer<typeof CountSchema>;
export type Money = z.infer<typeof MoneySchema>;
export type Rate = z.infer<typeof RateSchema>;
export type Size = z.infer<typeof SizeSchema>;
export type Steps = z.infer<typeof StepsSchema>;
export type Choice<T extends string = string> = Omit<z.infer<typeof ChoiceSchema>, "choice"> & { choice: T };
export type Statement = z.infer<typeof StatementSchema>;
export type Scalar = z.infer<typeof ScalarSchema>;
export type Thresholds<V extends Scalar = Scalar> = Omit<
  z.infer<typeof ThresholdsSchema>,
  "warning" | "critical"
> & { warning: V; critical: V };
export type Value = z.infer<typeof ValueSchema>;
