import pg from "pg";
import { invalid, notFound, TobanError, unavailable } from "../../platform/errors.ts";
import type { Logger } from "../../platform/log.ts";
import { OWN_EXCEPTIONS } from "./exceptions.ts";
import { beginSafely } from "./fuzz/store-session.ts";
import { type Inspection, type InspectOptions, inspect, type Refused } from "./inspect.ts";
import { connectedRole, possibleAppRoles, serverVersion } from "./store-catalogue.ts";

export type CheckDatabaseOptions = Omit<InspectOptions, "appRole"> & {
  url: string;
  /** Default: the URL's role when it is a restricted one, else the only role with rights on the tables. */
  appRole?: string | undefined;
  /** The URL is the application's own: its role is the one to judge, however strong it is. */
  isApplication?: boolean;
};

/** Before it, views and functions said less of themselves. */
const OLDEST = 130_000;

/**
 * Looks at how a database keeps tenants apart, and tries it out. One transaction that is rolled back. Throws what kept
 * it from looking: that is never a pass.
 */
export async function checkDatabase(options: CheckDatabaseOptions): Promise<Inspection> {
  const client = await connect(options.url);
  try {
    const version = await serverVersion(client);
    if (version < OLDEST) {
      throw invalid(
        "database_too_old",
        `PostgreSQL ${Math.floor(version / 10_000)} is too old.`,
        "Use PostgreSQL 13 or newer.",
      );
    }
    await beginSafely(client);
    const appRole = options.appRole ?? (await appRoleOf(client, options));
    const asked = { ...options, appRole };
    const seen = await inspect(client, asked);
    if ("refused" in seen) throw REFUSALS[seen.refused](asked);
    return seen;
  } catch (error) {
    throw error instanceof TobanError ? error : asRefusal(error);
  } finally {
    await client.query("ROLLBACK").catch(() => {});
    await client.end().catch(() => {});
  }
}

async function connect(url: string): Promise<pg.Client> {
  try {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 10_000,
      application_name: "toban db check",
    });
    // A connection that breaks off fails the query that waits for it.
    client.on("error", () => {});
    await client.connect();
    return client;
  } catch (error) {
    throw asRefusal(error);
  }
}

async function appRoleOf(
  client: pg.Client,
  { schemas, isApplication }: CheckDatabaseOptions,
): Promise<string> {
  const connected = await connectedRole(client, schemas);
  if (isApplication || !connected.isStrong) return connected.name;
  const [first, ...more] = (await possibleAppRoles(client, schemas)).filter(
    (name) => name !== connected.name,
  );
  if (first !== undefined && more.length === 0) return first;
  throw invalid(
    "app_role_unknown",
    first === undefined
      ? `${connected.name} is above row-level security, and no other role has rights here.`
      : `Several roles could be the application's: ${[first, ...more].join(", ")}.`,
    "Name it with --app-role.",
  );
}

const REFUSALS: Record<Refused["refused"], (options: InspectOptions) => TobanError> = {
  app_role_unknown: ({ appRole: role }) =>
    notFound("app_role_unknown", `There is no role ${role}.`, "Name the application's role with --app-role."),
  no_tables: () =>
    notFound(
      "no_tables",
      "There is no table in these schemas that this role can know of.",
      "Name the schemas with --schema, or another database.",
    ),
  tenant_unknown: ({ tenantColumn: column }) =>
    invalid(
      "tenant_column_unknown",
      column === undefined
        ? "No table has a column that looks like a tenant's."
        : `No table has a column ${column}, as --tenant-column or toban.check.json names it.`,
      "Name the column with --tenant-column and the setting with --tenant-setting.",
    ),
};

/** What PostgreSQL or the network says, as a refusal of ours; the URL, which may hold a password, is not in it. */
function asRefusal(error: unknown): TobanError {
  const { code = "", message = String(error) } = error as { code?: string; message?: string };
  if (/^(28|3D|42501)/.test(code)) {
    return invalid(
      "database_refused",
      `The database refused: ${message}.`,
      "Check the URL's role, its password and its rights.",
      error,
    );
  }
  return unavailable(
    "database_unavailable",
    `The database could not be looked at: ${message}.`,
    "Check the URL and that PostgreSQL runs, then try again.",
    error,
  );
}

/**
 * At start-up: refuses a database of Toban's own that does not keep tenants apart. Reads the catalogue only; what could
 * not be looked at is a warning. `url` is the application's.
 */
export async function assertTenantsAreApart(url: string, log: Logger): Promise<void> {
  const seen = await checkDatabase({
    url,
    isApplication: true,
    schemas: ["toban"],
    tenantColumn: "tenant_id",
    tenantSetting: "toban.tenant",
    exceptions: OWN_EXCEPTIONS,
    fuzz: false,
  }).catch((error: unknown) => {
    log.warn({ error }, "whether the database keeps tenants apart could not be looked at");
    return undefined;
  });
  const blocks = (seen?.findings ?? []).filter(({ severity }) => severity === "block");
  for (const { code, reason } of blocks.filter(({ undecided }) => undecided)) {
    log.warn({ code, reason: reason.en }, "whether the database keeps tenants apart could not be decided");
  }
  const leaks = blocks.filter(({ undecided }) => !undecided);
  if (leaks.length === 0) return;
  const reasons = leaks.slice(0, MOST_REASONS).map(({ code, reason }) => `${code}: ${reason.en}`);
  const more = leaks.length > MOST_REASONS ? ` And ${leaks.length - MOST_REASONS} more.` : "";
  throw invalid(
    "database_leaks",
    `The database does not keep tenants apart. ${reasons.join(" ")}${more}`,
    "Run `toban db check` to see all of it and what to do, then start again.",
  );
}

const MOST_REASONS = 3;
