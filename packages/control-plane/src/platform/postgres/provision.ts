import pg from "pg";

export type Credentials = { user: string; password: string };

/**
 * Creates or repairs a database with an owner role (migrations) and an app role that owns nothing,
 * bypasses nothing and may only connect. Idempotent. Returns the two connection URLs.
 */
export async function provisionDatabase(
  superuserUrl: string,
  input: { database: string; owner: Credentials; app: Credentials; template?: string },
): Promise<{ ownerUrl: string; appUrl: string }> {
  const { database, owner, app } = input;
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    for (const role of [owner, app]) {
      const name = pg.escapeIdentifier(role.user);
      const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [role.user]);
      const verb = rowCount ? "ALTER" : "CREATE";
      await client.query(
        `${verb} ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD ${pg.escapeLiteral(role.password)}`,
      );
    }
    const exists = await client.query("SELECT FROM pg_database WHERE datname = $1", [database]);
    if (!exists.rowCount) {
      const template = input.template ? ` TEMPLATE ${pg.escapeIdentifier(input.template)}` : "";
      await client.query(
        `CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER ${pg.escapeIdentifier(owner.user)}${template}`,
      );
      await client.query(`REVOKE ALL ON DATABASE ${pg.escapeIdentifier(database)} FROM PUBLIC`);
    }
    await client.query(
      `GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(database)} TO ${pg.escapeIdentifier(app.user)}`,
    );
  } finally {
    await client.end();
  }
  return {
    ownerUrl: databaseUrl(superuserUrl, database, owner),
    appUrl: databaseUrl(superuserUrl, database, app),
  };
}

function databaseUrl(base: string, database: string, role: Credentials): string {
  const url = new URL(base);
  url.username = encodeURIComponent(role.user);
  url.password = encodeURIComponent(role.password);
  url.pathname = `/${database}`;
  return url.href;
}
