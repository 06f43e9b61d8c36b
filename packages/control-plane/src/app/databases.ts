import path from "node:path";
import type { Operations } from "@toban/definition";
import type { Logger } from "../platform/log.ts";
import { stablePorts } from "../platform/ports.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../platform/postgres/embedded.ts";
import { keepPostgres } from "../platform/postgres/keep.ts";
import { provisionDatabase } from "../platform/postgres/provision.ts";
import { openSecrets, type Secrets } from "../platform/secrets.ts";
import type { Config } from "./config.ts";

export type Databases = {
  /** Undefined when `DATABASE_URL` names a database of the operator's own. */
  embedded: EmbeddedPostgres | undefined;
  appUrl: string;
  ownerUrl: string | undefined;
};

/**
 * Starts or adopts the embedded PostgreSQL and provisions Toban's database, unless `DATABASE_URL` is set. The server is
 * started again when its process ends, until its `stop`.
 */
export async function startDatabases(config: Config, secrets: Secrets, log: Logger): Promise<Databases> {
  if (config.databaseUrl) {
    return { embedded: undefined, appUrl: config.databaseUrl, ownerUrl: config.databaseOwnerUrl };
  }
  const port = config.postgresPort ?? (await stablePorts(config.home, ["postgres"])).postgres;
  const password = await secrets.ensure("postgres-password");
  const embedded = await keepPostgres(
    () => startEmbeddedPostgres({ folder: path.join(config.home, "postgres"), port, password }),
    log,
  );
  const urls = await provisionDatabase(embedded.superuserUrl, {
    database: "toban",
    owner: { user: "toban_owner", password: await secrets.ensure("toban-owner-password") },
    app: { user: "toban_app", password: await secrets.ensure("toban-app-password") },
  });
  return { embedded, ...urls };
}

/**
 * What the restricted roles of this home connect to, without starting anything: `DATABASE_URL` or Toban's embedded
 * database, and RingiFlow's. Empty when nothing was ever started here.
 */
export async function applicationUrls(config: Config): Promise<string[]> {
  if (config.databaseUrl) return [config.databaseUrl];
  const secrets = await openSecrets(config.home);
  const password = secrets.get("toban-app-password");
  const own: string[] = [];
  if (password !== undefined) {
    const port = config.postgresPort ?? (await stablePorts(config.home, ["postgres"])).postgres;
    own.push(`postgresql://toban_app:${password}@127.0.0.1:${port}/toban`);
  }
  const workload = secrets.get("ringiflow-database-url");
  return [...own, ...(workload === undefined ? [] : [workload])];
}

const DATABASE_SECRET = /^(?<database>[a-z][a-z0-9_]*)-database(?<owner>-owner)?-url$/;

/**
 * A service that wants the secret `NAME-database-url` (and `NAME-database-owner-url` for its
 * migrations) gets a database of its own on the embedded PostgreSQL, unless the operator set one.
 */
export async function provisionWorkloads(
  operations: Operations,
  embedded: EmbeddedPostgres | undefined,
  secrets: Secrets,
): Promise<void> {
  if (!embedded) return;
  for (const name of databaseNames(operations)) {
    const urls = await provisionDatabase(embedded.superuserUrl, {
      database: name,
      owner: { user: `${name}_owner`, password: await secrets.ensure(`${name}-owner-password`) },
      app: { user: `${name}_app`, password: await secrets.ensure(`${name}-app-password`) },
    });
    await secrets.set(`${name}-database-url`, urls.appUrl);
    await secrets.set(`${name}-database-owner-url`, urls.ownerUrl);
  }
}

export function databaseNames(operations: Operations): string[] {
  const names = Object.values(operations.services).flatMap((service) =>
    Object.values(service.environment).map((value) =>
      typeof value === "object" && "secret" in value
        ? DATABASE_SECRET.exec(value.secret)?.groups?.database
        : undefined,
    ),
  );
  return [...new Set(names.filter((name) => name !== undefined))];
}
