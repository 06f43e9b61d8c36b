import { z } from "zod";

/** `sources` in `toban.check.json`. */
export const sourcesSettings = z
  .strictObject({
    /** Globs of source files, relative to the working directory; without it, every source that is no test. */
    include: z.array(z.string()).optional(),
    /** Globs of files that are left out. */
    exclude: z.array(z.string()).default([]),
    /**
     * What matters to the business (INV-025): its name and the function that does it, by name or by a regular
     * expression of names. A function can also be declared where it stands, with `@businessEvent name` in its comment.
     */
    businessEvents: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          function: z.string().min(1).optional(),
          pattern: z.string().min(1).max(200).optional(),
        }),
      )
      .default([]),
    routes: z
      .strictObject({
        /** Names of middleware, hooks or decorators that check permission, beside the usual ones. */
        permissions: z.array(z.string().min(1)).default([]),
        /** Names of limiters, beside the usual ones. */
        limiters: z.array(z.string().min(1)).default([]),
        /** Paths that are open on purpose, as they are written in the code; a final `*` matches any rest. */
        public: z.array(z.string().min(1)).default([]),
        /** True: every route that changes data must show a permission check (default: only beside guarded ones). */
        requirePermission: z.boolean().default(false),
      })
      .prefault({}),
    /** Names of functions beside mask, redact, hash… whose result may be logged. */
    maskedBy: z.array(z.string().min(1)).default([]),
    /** Names of fields that hold personal data or secrets here, beside the usual ones. */
    sensitive: z.array(z.string().min(1)).default([]),
    /** Names of functions that recognize a repetition (idempotency, deduplication, locks), beside the usual ones. */
    guardedBy: z.array(z.string().min(1)).default([]),
  })
  .prefault({});

export type SourcesSettings = z.infer<typeof sourcesSettings>;
