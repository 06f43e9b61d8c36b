import pg from "pg";

/** The session that a browser's cookie names, in the table of `@toban/bff`; times in ms before now. */
export type SessionRow = {
  /** Sets how long ago the session began and was last used. False when there is no such session. */
  age(ages: { created: number; lastSeen: number }): Promise<boolean>;
  remove(): Promise<boolean>;
  exists(): Promise<boolean>;
};

/** Works on the one session of `idHash` through a connection of its own. `now` is asked at each change. */
export async function withSessionRow<T>(
  url: string,
  table: string,
  { idHash, now }: { idHash: string; now(): Date },
  work: (row: SessionRow) => Promise<T>,
): Promise<T> {
  const name = table.split(".").map(pg.escapeIdentifier).join(".");
  return withClient(url, (client) =>
    work({
      async age({ created, lastSeen }) {
        const at = now().getTime();
        const { rowCount } = await client.query(
          `UPDATE ${name} SET created_at = $2, last_seen_at = $3 WHERE id_hash = $1`,
          [idHash, new Date(at - created), new Date(at - lastSeen)],
        );
        return rowCount === 1;
      },
      async remove() {
        const { rowCount } = await client.query(`DELETE FROM ${name} WHERE id_hash = $1`, [idHash]);
        return rowCount === 1;
      },
      async exists() {
        const { rowCount } = await client.query(`SELECT FROM ${name} WHERE id_hash = $1`, [idHash]);
        return rowCount === 1;
      },
    }),
  );
}

/**
 * Statements of a proof's definition on a service's own database, in one transaction that has `settings`, for
 * example the tenant. The first column of the first row of each, as a number; rows changed when it returns none.
 */
export async function runStatements(
  url: string,
  settings: Record<string, string>,
  statements: { sql: string; values?: unknown[] }[],
): Promise<number[]> {
  return withClient(url, async (client) => {
    await client.query("BEGIN");
    for (const [name, value] of Object.entries(settings)) {
      await client.query("SELECT set_config($1, $2, true)", [name, value]);
    }
    const results: number[] = [];
    for (const { sql, values } of statements) {
      const { rows, rowCount } = await client.query(sql, values);
      results.push(rows[0] ? Number(Object.values(rows[0])[0]) : (rowCount ?? 0));
    }
    await client.query("COMMIT");
    return results;
  });
}

/** The newest values of a column, as texts. `newest` is the column that orders them. */
export async function newestValues(
  url: string,
  settings: Record<string, string>,
  { table, column, newest, limit }: { table: string; column: string; newest: string; limit: number },
): Promise<string[]> {
  const name = table.split(".").map(pg.escapeIdentifier).join(".");
  const [value, order] = [column, newest].map(pg.escapeIdentifier);
  return withClient(url, async (client) => {
    await client.query("BEGIN READ ONLY");
    for (const [setting, text] of Object.entries(settings)) {
      await client.query("SELECT set_config($1, $2, true)", [setting, text]);
    }
    const { rows } = await client.query<{ value: string }>(
      `SELECT ${value}::text AS value FROM ${name} ORDER BY ${order} DESC LIMIT $1`,
      [limit],
    );
    return rows.map((row) => row.value);
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 2_000,
    statement_timeout: 5_000,
    application_name: "toban-proof",
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
