import { describe, expect, test } from "vitest";
import type { Example } from "../../check.ts";
import { codesOf, MINE } from "./judged.testing.ts";

const BAD: [code: string, example: Example][] = [
  ["drop-table", "DROP TABLE users;"],
  ["drop-table", "DROP TABLE IF EXISTS users CASCADE;"],
  ["drop-column", "ALTER TABLE users DROP COLUMN IF EXISTS email;"],
  ["drop-column", "ALTER TABLE users ADD COLUMN a int, DROP COLUMN b;"],
  ["drop-view", "DROP MATERIALIZED VIEW stats;"],
  ["drop-type", "DROP TYPE mood;"],
  ["drop-schema", "DROP SCHEMA s CASCADE;"],
  ["drop-function", "DROP FUNCTION IF EXISTS f(int);"],
  ["drop-sequence", "DROP SEQUENCE s;"],
  ["rename-column", "ALTER TABLE users RENAME email TO mail;"],
  ["rename-table", "ALTER TABLE users RENAME TO people;"],
  ["rename-table", "ALTER VIEW v RENAME TO w;"],
  ["rename-object", "ALTER SCHEMA a RENAME TO b;"],
  ["rename-enum-value", "ALTER TYPE mood RENAME VALUE 'a' TO 'b';"],
  ["set-schema", "ALTER TABLE users SET SCHEMA archive;"],
  ["required-column", "ALTER TABLE users ADD COLUMN a int NOT NULL;"],
  ["required-column", "ALTER TABLE users ADD COLUMN a int NOT NULL DEFAULT NULL;"],
  [
    "required-column",
    "ALTER TABLE users ADD COLUMN a int; UPDATE users SET a = 1 WHERE a IS NULL; ALTER TABLE users ALTER COLUMN a SET NOT NULL;",
  ],
  [
    "drop-default",
    "ALTER TABLE users ADD COLUMN a int NOT NULL DEFAULT 0; ALTER TABLE users ALTER COLUMN a DROP DEFAULT;",
  ],
  ["drop-table", "DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'users'); END $$;"],
  [
    "enum-value-removed",
    "ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM ('a','b'); ALTER TABLE t ALTER COLUMN m TYPE mood USING m::text::mood; DROP TYPE mood_old;",
  ],
  [
    "enum-value-removed",
    "CREATE TYPE mood_new AS ENUM ('a','b'); ALTER TABLE t ALTER COLUMN m TYPE mood_new USING m::text::mood_new; ALTER TYPE mood RENAME TO mood_old; ALTER TYPE mood_new RENAME TO mood;",
  ],
  [
    "drop-type",
    "CREATE TYPE mood_new AS ENUM ('a','b'); ALTER TABLE t ALTER COLUMN m TYPE mood_new USING m::text::mood_new; DROP TYPE mood; ALTER TYPE mood_new RENAME TO mood;",
  ],
  ["row-security-off", "ALTER TABLE orders DISABLE ROW LEVEL SECURITY;"],
  ["row-security-off", "ALTER TABLE orders NO FORCE ROW LEVEL SECURITY;"],
  ["drop-policy", "DROP POLICY p ON orders;"],
  ["revoke", "REVOKE ALL ON orders FROM app;"],
  ["revoke", "REVOKE app FROM bob;"],
  ["triggers-off", "ALTER TABLE orders DISABLE TRIGGER ALL;"],
  ["triggers-off", "SET LOCAL session_replication_role = 'replica';"],
  ["triggers-off", "SELECT set_config('session_replication_role', 'replica', true);"],
  ["sequence-back", "SELECT setval('orders_id_seq', 1, false);"],
  ["sequence-back", "ALTER SEQUENCE orders_id_seq RESTART;"],
  ["set-unlogged", "ALTER TABLE orders SET UNLOGGED;"],
  ["drop-extension", "DROP EXTENSION postgis CASCADE;"],
  ["drop-everything", "DROP OWNED BY app CASCADE;"],
  ["row-security-without-policy", "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;"],
  [
    "type-narrowed",
    {
      "m/1.sql": "CREATE TABLE t (id bigint PRIMARY KEY, a bigint, b numeric(10,2), c timestamptz);",
      "m/2.sql": "ALTER TABLE t ALTER COLUMN a TYPE int;",
    },
  ],
  [
    "type-narrowed",
    {
      "m/1.sql": "CREATE TABLE t (id bigint PRIMARY KEY, a bigint, b numeric(10,2), c timestamptz);",
      "m/2.sql": "ALTER TABLE t ALTER COLUMN b TYPE numeric(8,2);",
    },
  ],
  [
    "type-narrowed",
    {
      "m/1.sql": "CREATE TABLE t (id bigint PRIMARY KEY, a bigint, b numeric(10,2), c timestamptz);",
      "m/2.sql": "ALTER TABLE t ALTER COLUMN c TYPE date;",
    },
  ],
  [
    "drop-column",
    {
      "m/1.sql": "CREATE TABLE t (id bigint PRIMARY KEY, a varchar(10) NOT NULL DEFAULT '');",
      "m/2.sql": "ALTER TABLE t DROP COLUMN a;",
    },
  ],
  [
    "rename-column",
    {
      "m/1.sql": "CREATE TABLE t (id bigint PRIMARY KEY, a varchar(10) NOT NULL DEFAULT '');",
      "m/2.sql": "ALTER TABLE t RENAME COLUMN a TO b;",
    },
  ],
  ["lossy-conversion", "ALTER TABLE t ALTER COLUMN a TYPE text USING NULL;"],
  ["catalog-write", "UPDATE pg_attribute SET attnotnull = true WHERE attname = 'x';"],
  ["role-bypasses-row-security", "CREATE ROLE x SUPERUSER;"],
  ["drop-column", "ALTER TYPE address DROP ATTRIBUTE zip;"],
  [
    "drop-table",
    "CREATE TABLE orders_new (id bigint); INSERT INTO orders_new SELECT id FROM orders; DROP TABLE orders; ALTER TABLE orders_new RENAME TO orders;",
  ],
  ["drop-table", "CREATE TABLE IF NOT EXISTS users (id int); DROP TABLE accounts;"],
  [
    "drop-table",
    "SET lock_timeout='1s'; ALTER TABLE users RENAME TO users_old; CREATE TABLE users (id bigint); DROP TABLE users_old;",
  ],
];

const GOOD: Example[] = [
  "BEGIN; DROP POLICY p ON orders; CREATE POLICY p ON orders USING (a = 1); COMMIT;",
  "REVOKE ALL ON SCHEMA public FROM PUBLIC;",
  "REVOKE ALL ON orders FROM app; GRANT SELECT, INSERT ON orders TO app;",
  "CREATE TABLE t (id bigint); REVOKE ALL ON t FROM PUBLIC; GRANT SELECT ON t TO app;",
  "SELECT setval('orders_id_seq', (SELECT coalesce(max(id), 1) FROM orders));",
  "CREATE TABLE t (id bigint PRIMARY KEY, a int); ALTER TABLE t DROP COLUMN a; ALTER TABLE t RENAME TO u; DROP TABLE u;",
  "CREATE TABLE t (id bigint PRIMARY KEY, a int); ALTER TABLE t RENAME COLUMN a TO b; ALTER TABLE t ALTER COLUMN b SET NOT NULL; CREATE UNIQUE INDEX ON t (b);",
  "DROP TRIGGER IF EXISTS x ON t;",
  "DROP TRIGGER IF EXISTS x ON t; CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();",
  "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a = 1; RETURN NEW; END $$;",
  "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'x';",
  "CREATE TYPE a AS ENUM ('x'); DROP TYPE a;",
  "ALTER TABLE users ALTER COLUMN a DROP NOT NULL;",
  "GRANT SELECT ON ALL TABLES IN SCHEMA public TO app;",
  "COMMENT ON TABLE users IS 'x';",
  "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO app;",
  "BEGIN; SET LOCAL lock_timeout='1s'; CREATE POLICY p ON orders USING (tenant_id = 1); ALTER TABLE orders ENABLE ROW LEVEL SECURITY; COMMIT;",
  {
    "m/1.sql": "CREATE TABLE t (id bigint PRIMARY KEY, a varchar(10));",
    "m/2.sql": "SET lock_timeout = '1s'; ALTER TABLE t ALTER COLUMN a TYPE varchar(20);",
  },
  {
    "m/1.sql": "CREATE TABLE t (id bigint PRIMARY KEY, a varchar(10) NOT NULL DEFAULT '');",
    "m/2.sql":
      "SET lock_timeout = '1s'; ALTER TABLE t ALTER COLUMN a DROP NOT NULL, ALTER COLUMN a DROP DEFAULT;",
  },
  "BEGIN; SET LOCAL lock_timeout='1s'; ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people; COMMIT;",
  "CREATE ROLE x NOSUPERUSER NOBYPASSRLS LOGIN;",
  "DROP INDEX CONCURRENTLY IF EXISTS i;",
  "CREATE TABLE new_t (LIKE t INCLUDING ALL);",
];

describe("what the running version can no longer do", () => {
  test.each(BAD)("%s", async (code, example) => {
    expect(await codesOf(example, "block")).toContain(`migration/${code}`);
  });

  test.each(GOOD.map((example) => [JSON.stringify(example), example] as const))(
    "lets pass: %s",
    async (_name, example) => {
      expect((await codesOf(example, "block")).filter((code) => MINE.has(code))).toEqual([]);
    },
  );
});
