import { z } from "zod";

const days = z.number().min(0).max(3650);

/** What `toban.check.json` may say under `supply`. */
export const supplySettings = z.strictObject({
  vulnerabilities: z
    .strictObject({
      /** Days from the first sight until it has to be gone: Critical 7, High 30 (RF-061); Medium and Low have none. */
      days: z
        .strictObject({
          critical: days.default(7),
          high: days.default(30),
          medium: days.optional(),
          low: days.optional(),
        })
        .prefault({}),
      /** A report older than this decides nothing: 24 h. */
      maxAgeHours: z.number().positive().default(24),
      /** A scanner's database older than this decides nothing: 120 h, as Grype itself has it. */
      maxDatabaseAgeHours: z.number().positive().default(120),
      /** What comes back within these days of its fix keeps its first clock: 90. */
      reopenDays: z.number().min(0).default(90),
      /** Where the ledger is kept, from the working directory. */
      ledger: z.string().min(1).default("toban.vulnerabilities.json"),
    })
    .prefault({}),
  licences: z
    .strictObject({
      /** SPDX ids, or `ID WITH exception`; in place of the permissive ones that are allowed by default. */
      allow: z.array(z.string().min(1)).optional(),
      /** Also what is only needed to develop: false. */
      includeDev: z.boolean().default(false),
    })
    .prefault({}),
  signatures: z
    .strictObject({
      /** PEM public keys that may sign artefacts (Ed25519, ECDSA, RSA). */
      keys: z.array(z.string().includes("-----BEGIN")).default([]),
      /** An artefact without a signature fails instead of warning (RF-058 recommends it): false. */
      required: z.boolean().default(false),
    })
    .prefault({}),
});

export type SupplySettings = z.infer<typeof supplySettings>;

export const defaultSupplySettings = (): SupplySettings => supplySettings.parse({});
