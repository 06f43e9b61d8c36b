export { assertTenantsAreApart, type CheckDatabaseOptions, checkDatabase } from "./check-database.ts";
export { DATABASE_CHECKS } from "./checks.ts";
export { type DatabaseException, OWN_EXCEPTIONS } from "./exceptions.ts";
export type { Inspection } from "./inspect.ts";
export { type DatabaseFormat, type Looked, renderDatabases, worst } from "./output.ts";
