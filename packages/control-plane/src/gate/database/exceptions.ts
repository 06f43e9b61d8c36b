import { z } from "zod";

/** What `toban.check.json` may say under `database`. */
export const databaseSettings = z.strictObject({
  /** The setting that holds a session's tenant, as `app.current_tenant`. Default: the one that most policies compare. */
  tenantSetting: z.string().min(1).optional(),
  /** The role that the application connects as. Default: the URL's, or the only one with rights. */
  appRole: z.string().min(1).optional(),
  /** Findings that are as they should be. */
  exceptions: z
    .array(
      z.strictObject({
        /** As `database/policy-too-wide`; `database/table-exempt` declares a table without tenants. */
        code: z.string().regex(/^database\/[a-z-]+$/),
        /** As `schema.table`; `*` stands for any part of a name. */
        object: z.string().min(1),
        /** What a policy compares, as the finding shows it: an exception must not cover its next change. */
        expression: z.string().min(1).optional(),
        reason: z.string().min(10),
      }),
    )
    .default([]),
});
export type DatabaseException = z.infer<typeof databaseSettings>["exceptions"][number];

const LISTS_TENANTS =
  "Background tasks walk over tenants before they act as one: the tenant 'system' lists their names and owns no rows.";

/** Of Toban's own database. */
export const OWN_EXCEPTIONS: DatabaseException[] = [
  {
    code: "database/policy-too-wide",
    object: "toban.tenants",
    expression:
      "((tenant_id = ( SELECT toban.current_tenant() AS current_tenant)) OR (( SELECT toban.current_tenant() AS current_tenant) = 'system'::text))",
    reason: LISTS_TENANTS,
  },
  {
    code: "database/tenant-column-missing",
    object: "toban.schema_migrations",
    reason: "Names of applied migrations, which the application only reads.",
  },
];
