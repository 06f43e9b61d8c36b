import { z } from "zod";

const clock = z.string().regex(/^([01]\d|2[0-4]):[0-5]\d$/);
const weekday = z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);

/** What `toban.check.json` may say under `migration`. */
export const migrationSettings = z.strictObject({
  /** PostgreSQL's major version. Default 18. */
  postgres: z.int().min(12).max(30).default(18),
  /** Where migrations are when the tool's own folder is not enough: folders or files. Default: recognised ones. */
  paths: z.array(z.string().min(1)).optional(),
  /** How the runner wraps a file. Default: what the recognised tool does. */
  transaction: z.enum(["per-file", "none"]).optional(),
  /** What the role or the runner sets before a migration, in milliseconds; 0 is no limit. Default: nothing is set. */
  lockTimeout: z.int().min(0).optional(),
  statementTimeout: z.int().min(0).optional(),
  /** The longest lock_timeout that still protects, in milliseconds. Default 10,000. */
  longestLockTimeout: z.int().min(1).default(10_000),
  searchPath: z.array(z.string().min(1)).min(1).default(["public"]),
  /** Times at which long locks are refused (GL-074); needs a zone. Default: none. */
  peakHours: z
    .strictObject({
      zone: z.string().min(1),
      windows: z
        .array(z.strictObject({ days: z.array(weekday).min(1).optional(), from: clock, to: clock }))
        .min(1),
    })
    .optional(),
  /** Tables with rows of tenants carry this column (SK-100). No default: without it the tenancy rules are off. */
  tenancy: z
    .strictObject({
      column: z.string().min(1),
      /** Tables that rightly have none, as `table` or `schema.table`; `*` stands for any part of a name. */
      except: z.array(z.string().min(1)).default([]),
      /** Whether new tables must also enable and force row level security. Default true. */
      rowSecurity: z.boolean().default(true),
    })
    .optional(),
  /** Whether every migration must have a down, also where the tool's layout has none. Default false. */
  requireDown: z.boolean().default(false),
  /** Tables known to stay small: rewriting or scanning them is no hazard. */
  smallTables: z.array(z.string().min(1)).default([]),
});
export type MigrationSettings = z.infer<typeof migrationSettings>;
