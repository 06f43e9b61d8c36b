import { z } from "zod";

/** A breaking change that was decided; only with all of its parts does it let a finding through (RF-141). */
export const declaredChange = z.strictObject({
  /** File name, `$id`, title, channel or message of what changes; `*` for all. */
  event: z.string().min(1),
  /** Codes of the findings that are meant, such as `events/type-changed`. Default: all of the event. */
  codes: z.array(z.string()).optional(),
  /** Days in which old and new are both served: `YYYY-MM-DD` or a full time. */
  compatibilityPeriod: z.strictObject({ from: z.string(), until: z.string() }).optional(),
  /** Link to the plan or run of the staged release. */
  stagedRelease: z.string().optional(),
  /** Link to the way back. */
  rollback: z.string().optional(),
  /** Days for which the old version is supported; the compatibility period must be at least as long. */
  supportWindowDays: z.number().int().positive().optional(),
  /** Link to, or text of, what consumers must do. */
  migrationNotes: z.string().optional(),
});

export const eventSettings = z.strictObject({
  /**
   * Which way must hold, against the last base or (`_TRANSITIVE`) against all. `BACKWARD`: new readers read old
   * events; `FORWARD`: old readers read new events.
   */
  compatibility: z
    .enum(["FULL_TRANSITIVE", "FULL", "BACKWARD_TRANSITIVE", "BACKWARD", "FORWARD_TRANSITIVE", "FORWARD"])
    .default("FULL_TRANSITIVE"),
  /** True when every reader fills in `default`: a required property with a default may then come and go. */
  defaultsCount: z.boolean().default(false),
  evolution: z
    .strictObject({
      /** Least support window of any breaking change, in days. Default: none beyond what the change says. */
      supportWindowDays: z.number().int().positive().optional(),
      changes: z.array(declaredChange).default([]),
    })
    .optional(),
});

export type EventSettings = z.infer<typeof eventSettings>;
export type DeclaredChange = z.infer<typeof declaredChange>;
