import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import type { Directory } from "../domain/directory.ts";

/** Any number of migrate commands may start at once; one migrates, the others wait. */
const ADVISORY_LOCK = 0x72_69_6e_67;

/**
 * Applies the migrations that are missing, forward only, each file in one transaction, then provisions
 * the tenants. Idempotent. Returns the names of the files that were applied.
 */
export async function migrate(
  ownerUrl: string,
  folder: string,
  directories: readonly Directory[],
): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK]);
    await client.query("CREATE SCHEMA IF NOT EXISTS ringiflow");
    await client.query(
      `CREATE TABLE IF NOT EXISTS ringiflow.schema_migrations (
         name text PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const applied = await applyMissing(client, folder);
    for (const { tenant, tenantName } of directories) await provisionTenant(client, tenant, tenantName);
    return applied;
  } finally {
    await client.end();
  }
}

async function applyMissing(client: pg.Client, folder: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; digest: string }>(
    "SELECT name, digest FROM ringiflow.schema_migrations",
  );
  const known = new Map(rows.map((row) => [row.name, row.digest]));
  const names = (await readdir(folder)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort();
  if (names.length === 0) throw new Error(`no migrations in ${path.basename(folder)}`);
  const applied: string[] = [];
  for (const name of names) {
    const sql = await readFile(path.join(folder, name), "utf8");
    const digest = createHash("sha256").update(sql).digest("hex");
    if (known.get(name) === digest) continue;
    if (known.has(name)) throw new Error(`${name} was changed after it had been applied`);
    await inTransaction(client, async () => {
      await client.query(sql);
      await client.query("INSERT INTO ringiflow.schema_migrations (name, digest) VALUES ($1, $2)", [
        name,
        digest,
      ]);
    });
    applied.push(name);
  }
  return applied;
}

async function provisionTenant(client: pg.Client, tenant: string, name: string): Promise<void> {
  await inTransaction(client, async () => {
    await client.query("SELECT set_config('ringiflow.tenant', $1, true)", [tenant]);
    await client.query(
      "INSERT INTO ringiflow.tenants (tenant_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      [tenant, name],
    );
    await client.query("INSERT INTO ringiflow.heads (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING", [
      tenant,
    ]);
    await client.query(
      "INSERT INTO ringiflow.checkpoints (tenant_id, at) VALUES ($1, now()) ON CONFLICT DO NOTHING",
      [tenant],
    );
  });
}

async function inTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query("BEGIN");
  try {
    await work();
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}
