import { Pool } from "pg";

let pool: Pool | undefined;

export function db(): Pool {
  if (!pool) pool = new Pool({ connectionTimeoutMillis: 2_000, statement_timeout: 5_000 });
  return pool;
}

export async function closeDb() {
  await pool?.end();
  pool = undefined;
}
