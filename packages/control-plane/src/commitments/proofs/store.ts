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
