import { z } from "zod";

/** A breaking change that is meant, with all that RF-141 wants presented together. */
const declaration = z.strictObject({
  /** Codes of the findings that it covers, such as `contract/operation-removed`. */
  changes: z.array(z.string()).min(1),
  /** Only of these operations, such as `GET /orders/{id}`; without it of the whole contract. */
  operations: z.array(z.string()).optional(),
  /** Notes for consumers: a path or an address. */
  migrationNotes: z.string().optional(),
  /** Last day (ISO date) on which the old contract is served beside the new. */
  compatibleUntil: z.string().optional(),
  /** The staged release: a path or an address. */
  stagedRelease: z.string().optional(),
  /** How to go back: a path or an address. */
  rollback: z.string().optional(),
});

export const contractSettings = z.strictObject({
  /** Contracts that are compared without being named: a file and what it was at the last release. */
  pairs: z
    .array(
      z.strictObject({
        /** A path, or `git:REF:path`. */
        base: z.string(),
        revision: z.string(),
      }),
    )
    .optional(),
  /** Declared breaking changes. Complete ones turn their findings into warnings. Default: none. */
  evolution: z.array(declaration).optional(),
  /** Days that consumers keep at least when a sunset is brought forward. Default 90. */
  supportDays: z.number().int().min(0).optional(),
});

export type ContractSettings = z.infer<typeof contractSettings>;
export type Declaration = z.infer<typeof declaration>;
