import { describe, expect, test } from "vitest";
import type { Example } from "../../check.ts";
import { codesOf, MINE } from "./judged.testing.ts";

const BAD: [code: string, example: Example][] = [
  [
    "missing-down",
    {
      "m/1_a.up.sql": "CREATE TABLE t (id bigint PRIMARY KEY);",
      "m/1_a.down.sql": "DROP TABLE t;",
      "m/2_b.up.sql": "CREATE TABLE u (id bigint PRIMARY KEY);",
    },
  ],
  [
    "down-incomplete",
    "-- migrate:up\nSET lock_timeout = '1s';\nALTER TABLE users ADD COLUMN a int, ADD COLUMN b int;\n-- migrate:down\nALTER TABLE users DROP COLUMN a;",
  ],
  [
    "lossy-down",
    "-- migrate:up\nSET lock_timeout = '1s';\nALTER TABLE users ADD COLUMN a int;\n-- migrate:down\nALTER TABLE users DROP COLUMN a, DROP COLUMN b;",
  ],
  [
    "lossy-down",
    "-- migrate:up\nSET lock_timeout = '1s';\nALTER TABLE users ADD COLUMN a int;\n-- migrate:down\nDROP TABLE users;",
  ],
  ["empty-down", "-- migrate:up\nCREATE TABLE t (id bigint PRIMARY KEY);\n-- migrate:down"],
  [
    "empty-down",
    "-- migrate:up\nCREATE TABLE t (id bigint PRIMARY KEY);\n-- migrate:down\nDO $$ BEGIN NULL; END $$;",
  ],
  [
    "down-commits",
    "-- migrate:up\nCREATE TABLE t (id bigint PRIMARY KEY);\n-- migrate:down\nDROP TABLE t;\nCOMMIT;",
  ],
  [
    "down-incomplete",
    "-- migrate:up\nCREATE TABLE t (id bigint PRIMARY KEY);\nSET lock_timeout = '1s';\nALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID;\n-- migrate:down\nDROP TABLE t;",
  ],
  [
    "tenant-column-missing",
    {
      "m/1.sql":
        "CREATE TABLE a (tenant_id text NOT NULL, id int, PRIMARY KEY (tenant_id, id)); ALTER TABLE a ENABLE ROW LEVEL SECURITY; ALTER TABLE a FORCE ROW LEVEL SECURITY; CREATE POLICY p ON a USING (tenant_id = 'x');",
      "m/2.sql": "CREATE TABLE b (id int PRIMARY KEY);",
    },
  ],
];

const GOOD: Example[] = [
  "-- migrate:up\nCREATE TABLE t (id bigint PRIMARY KEY);\n-- migrate:down\nDROP TABLE IF EXISTS t;",
  "-- +goose Up\nCREATE TABLE t (id bigint PRIMARY KEY);\nCREATE INDEX i ON t (id);\nCREATE TYPE mood AS ENUM ('a');\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\nCREATE VIEW v AS SELECT id FROM t;\n-- +goose Down\nDROP VIEW v;\nDROP FUNCTION f();\nDROP TYPE mood;\nDROP TABLE t;",
  "-- migrate:up\nALTER TABLE users ADD COLUMN a int;\n-- migrate:down\nALTER TABLE users DROP COLUMN a;",
  "-- migrate:up\nCREATE TABLE t (id bigint PRIMARY KEY);\n-- migrate:down\n-- irreversible: data would be lost; forward-fix with a new migration",
  "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON users (email);\n-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY IF EXISTS i;",
  "-- migrate:up transaction:false\nCREATE UNIQUE INDEX CONCURRENTLY i ON users (email);\n-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY i;",
  "-- migrate:up\nINSERT INTO plans (id, name) VALUES (1, 'free') ON CONFLICT DO NOTHING;\n-- migrate:down\nDELETE FROM plans WHERE id = 1;",
  "-- migrate:up\nSET lock_timeout = '1s';\nALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID;\n-- migrate:down\nALTER TABLE users DROP CONSTRAINT c;",
  "-- migrate:up\nALTER TYPE mood ADD VALUE 'x';\n-- migrate:down\n-- Enum values cannot be removed; forward-fix only.",
  "-- +goose Up\n-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS trigger AS $$ BEGIN RETURN NEW; END $$ LANGUAGE plpgsql;\n-- +goose StatementEnd\nCREATE TABLE t (id bigint PRIMARY KEY);\nCREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();\n-- +goose Down\nDROP TABLE t;\nDROP FUNCTION f();",
  {
    "m/1_a.up.sql": "CREATE SCHEMA app; CREATE TABLE app.t (id bigint PRIMARY KEY, n text);",
    "m/1_a.down.sql": "DROP SCHEMA app CASCADE;",
  },
  {
    "m/1_a.up.sql": "CREATE TABLE t (id bigint PRIMARY KEY, n text NOT NULL DEFAULT 'x');",
    "m/1_a.down.sql": "DROP TABLE t;",
    "m/2_b.up.sql":
      "SET lock_timeout = '1s'; ALTER TABLE t ALTER COLUMN n SET DEFAULT 'y'; ALTER TABLE t ADD COLUMN m text;",
    "m/2_b.down.sql": "ALTER TABLE t DROP COLUMN m; ALTER TABLE t ALTER COLUMN n SET DEFAULT 'x';",
  },
  {
    "m/1_a.up.sql":
      "CREATE TABLE t (id bigserial PRIMARY KEY, n text UNIQUE);\nCREATE TABLE u (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, t_id bigint REFERENCES t (id));\nCREATE INDEX u_t ON u (t_id);",
    "m/1_a.down.sql": "DROP TABLE u; DROP TABLE t;",
  },
  {
    "m/V1__a.sql": "CREATE TABLE t (id bigint PRIMARY KEY);",
    "m/V2__b.sql": "CREATE TABLE u (id bigint PRIMARY KEY);",
  },
  {
    "m/1_a.up.sql":
      "CREATE EXTENSION IF NOT EXISTS pgcrypto; CREATE TABLE t (id uuid PRIMARY KEY DEFAULT gen_random_uuid());",
    "m/1_a.down.sql": "DROP TABLE t;",
  },
  {
    "m/1.sql": "CREATE TABLE a (org_id text NOT NULL, id int, PRIMARY KEY (org_id, id));",
    "m/2.sql": "CREATE TABLE b (id int PRIMARY KEY);",
  },
  "-- migrate:up\nCREATE MATERIALIZED VIEW mv AS SELECT 1 AS a;\nGRANT SELECT ON mv TO app;\n-- migrate:down\nDROP MATERIALIZED VIEW mv;",
  "-- migrate:up\nSET lock_timeout = '1s';\nALTER TABLE users RENAME CONSTRAINT a TO b;\n-- migrate:down\nALTER TABLE users RENAME CONSTRAINT b TO a;",
  "-- migrate:up\nCREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';\n-- migrate:down\nCREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
];

describe("ways back and tenants", () => {
  test.each(BAD)("%s", async (code, example) => {
    expect(await codesOf(example, "block")).toContain(`migration/${code}`);
  });

  test.each(GOOD.map((example) => [JSON.stringify(example), example] as const))(
    "lets pass: %s",
    async (_name, example) => {
      expect((await codesOf(example, "block")).filter((code) => MINE.has(code))).toEqual([]);
    },
  );

  test("a down that cannot be parsed is undecided", async () => {
    for (const example of [
      "-- migrate:up\nCREATE TABLE t (id bigint PRIMARY KEY);\n-- migrate:down\nDROP TABEL t;",
    ])
      expect(await codesOf(example, "undecided")).not.toEqual([]);
  });
});
