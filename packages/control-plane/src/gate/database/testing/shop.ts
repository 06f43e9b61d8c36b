import { randomBytes } from "node:crypto";
import pg from "pg";
import { beginSafely } from "../fuzz/store-session.ts";
import { type Inspection, type InspectOptions, inspect } from "../inspect.ts";

const RLS = (table: string): string => `
  ALTER TABLE shop.${table} ENABLE ROW LEVEL SECURITY;
  ALTER TABLE shop.${table} FORCE ROW LEVEL SECURITY;
  CREATE POLICY tenant ON shop.${table} USING (tenant_id = (SELECT shop.current_tenant()));
  GRANT SELECT, INSERT, UPDATE, DELETE ON shop.${table} TO shop_app;`;

/** A schema that keeps its tenants apart: every mutant changes one thing of it. */
export const SHOP = `
  CREATE SCHEMA shop AUTHORIZATION shop_owner;
  SET ROLE shop_owner;
  CREATE FUNCTION shop.current_tenant() RETURNS text LANGUAGE sql STABLE RETURN current_setting('shop.tenant', true);
  GRANT USAGE ON SCHEMA shop TO shop_app;
  CREATE TABLE shop.tenants (tenant_id text PRIMARY KEY CHECK (tenant_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'), name text NOT NULL);
  CREATE TABLE shop.customers (
    tenant_id text NOT NULL REFERENCES shop.tenants, id uuid NOT NULL, email text NOT NULL,
    PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, email));
  CREATE TABLE shop.orders (
    tenant_id text NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, customer_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'paid')), total numeric NOT NULL CHECK (total > 0),
    doubled numeric GENERATED ALWAYS AS (total * 2) STORED, at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, customer_id) REFERENCES shop.customers);
  CREATE TABLE shop.notes (tenant_id text NOT NULL, id uuid NOT NULL DEFAULT gen_random_uuid(), body text NOT NULL, PRIMARY KEY (tenant_id, id));
  CREATE TABLE shop.visits (tenant_id text NOT NULL, day date NOT NULL, n integer NOT NULL, PRIMARY KEY (tenant_id, day)) PARTITION BY RANGE (day);
  CREATE TABLE shop.visits_2026 PARTITION OF shop.visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE shop.countries (code text PRIMARY KEY, name text NOT NULL);
  GRANT SELECT ON shop.countries TO shop_app;
  CREATE TABLE shop.archive (tenant_id text NOT NULL, id uuid NOT NULL, body text, PRIMARY KEY (tenant_id, id));
  ALTER TABLE shop.archive ENABLE ROW LEVEL SECURITY;
  ALTER TABLE shop.archive FORCE ROW LEVEL SECURITY;
  CREATE POLICY tenant ON shop.archive USING (tenant_id = shop.current_tenant());
  ${["tenants", "customers", "orders", "notes", "visits"].map(RLS).join("\n")}
  RESET ROLE;`;

export type Shop = {
  /** Runs SQL on the schema, looks at it, and takes it back. */
  look(sql: string, options?: Partial<InspectOptions>): Promise<Inspection>;
  url: string;
  client: pg.Client;
  close(): Promise<void>;
};

/** A database with that schema, or an empty one; what tests do in it is rolled back each time. */
export async function openShop(schema = SHOP): Promise<Shop> {
  const superuser = process.env.TOBAN_TEST_POSTGRES;
  if (!superuser) throw new Error("TOBAN_TEST_POSTGRES is not set: run the tests with vitest");
  const name = `shop_${randomBytes(6).toString("hex")}`;
  const admin = new pg.Client({ connectionString: superuser });
  await admin.connect();
  await admin.query("SELECT pg_advisory_lock(3)");
  for (const role of ["shop_owner", "shop_app"]) {
    const { rowCount } = await admin.query("SELECT FROM pg_roles WHERE rolname = $1", [role]);
    if (!rowCount) await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
  }
  await admin.query("SELECT pg_advisory_unlock(3)");
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(superuser);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(schema);
  return {
    client,
    url: url.href,
    async look(sql, options = {}) {
      await beginSafely(client);
      try {
        await client.query(`SET LOCAL ROLE shop_owner; ${sql}; RESET ROLE`);
        const seen = await inspect(client, {
          appRole: "shop_app",
          schemas: ["shop"],
          fuzz: true,
          ...options,
        });
        if ("refused" in seen) throw new Error(`refused: ${seen.refused}`);
        return seen;
      } finally {
        await client.query("ROLLBACK");
      }
    },
    async close() {
      await client.end();
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
