import { z } from "zod";

/** A list of variable names, `NAME=value` lines or paths; a map of names to values; or one path. */
const environment = z.union([
  z.string().min(1),
  z.array(z.string().min(1)),
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
]);

const pattern = z.string().refine(isPattern, "not a regular expression");

export const coverageSettings = z.strictObject({
  /** Paths of reports. Without it, reports of well-known names that the working directory holds are read. */
  reports: z.array(z.string().min(1)).optional(),
  /** Least covered lines in percent (RF-136). */
  minimum: z.number().min(0).max(100).default(80),
  /** Older reports are undecided. Hours. */
  maxAgeHours: z.number().positive().default(24),
});

export const configurationSettings = z.strictObject({
  /** What each environment sets: dev, stg, prod … */
  environments: z.record(z.string(), environment).default({}),
  /** Variables that every environment must set, by service; `common` for those of all services. */
  required: z.record(z.string(), z.array(z.string().min(1))).default({}),
  /** A template such as `GLANCEFLOW_<SERVICE>_<KEY>` or a regular expression (GL-046). Default: no rule. */
  naming: pattern.optional(),
  /** Names outside the rule, as regular expressions; what `required` names is always outside it. */
  namingExempt: z.array(pattern).default([]),
  /** Further names that hold secrets, as regular expressions. */
  secretNames: z.array(pattern).default([]),
  /** Variables whose value may be the same in two environments although it looks like a secret. */
  sharedAllowed: z.array(z.string().min(1)).default([]),
  coverage: coverageSettings.optional(),
});

export type ConfigurationSettings = z.infer<typeof configurationSettings>;
export type CoverageSettings = z.infer<typeof coverageSettings>;

function isPattern(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
