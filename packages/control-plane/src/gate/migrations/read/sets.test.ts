import { describe, expect, test } from "vitest";
import { notFound } from "../../../platform/errors.ts";
import type { Tree } from "../../family.ts";
import { placesIn } from "../../finding.ts";
import { recognizeMigrations } from "./recognise.ts";
import { readMigrationSets } from "./sets.ts";

const treeOf = (files: Record<string, string>): Tree => ({
  paths: Object.keys(files).sort(),
  read(path) {
    const text = files[path];
    if (text === undefined) throw notFound("file_missing", `${path} is missing`, "Give another path.");
    return { path, text };
  },
});
const read = (files: Record<string, string>, ...given: string[]) => readMigrationSets(treeOf(files), given);
const only = (files: Record<string, string>, given = ".") => {
  const { sets, findings } = read(files, given);
  expect(findings).toEqual([]);
  expect(sets).toHaveLength(1);
  return sets[0]!;
};
const T = "CREATE TABLE t (id int);\n";

describe("reading migrations", () => {
  test("orders Flyway by number, undo beside its version, repeatables last, and a .conf says the transaction", () => {
    const set = only({
      "sql/V1.2.10__c.sql": T,
      "sql/V1.2.9__b.sql": T,
      "sql/V1.2.9__b.sql.conf": "executeInTransaction=false\n",
      "sql/U1.2.9__b.sql": "DROP TABLE t;",
      "sql/R__views.sql": "CREATE VIEW v AS SELECT 1;",
      "sql/V2__d.sql": "-- flyway:executeInTransaction=false\nVACUUM t;",
    });
    expect(set.tool).toBe("flyway");
    expect(set.migrations.map((one) => one.path)).toEqual([
      "sql/V1.2.9__b.sql",
      "sql/V1.2.10__c.sql",
      "sql/V2__d.sql",
      "sql/R__views.sql",
    ]);
    expect(set.migrations.map((one) => one.up.transaction)).toEqual(["none", "detected", "none", "detected"]);
    expect(set.migrations[0]!.down?.file.path).toBe("sql/U1.2.9__b.sql");
    expect(set.migrations[3]!.repeatable).toBe(true);
  });

  test("splits sectioned files and keeps the places of both parts", () => {
    const cases: [string, string, string][] = [
      ["dbmate", "-- migrate:up transaction:false\nSELECT 1;\n-- migrate:down\nSELECT 2;\n", "none"],
      ["goose", "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n", "none"],
      ["sql-migrate", "-- +migrate Up\nSELECT 1;\n-- +migrate Down\nSELECT 2;\n", "per-file"],
      ["node-pg-migrate", "-- Up Migration\nSELECT 1;\n\n-- Down Migration\nSELECT 2;\n", "per-file"],
      ["tern", "SELECT 1;\n---- create above / drop below ----\nSELECT 2;\n", "per-file"],
      ["play", "# --- !Ups\nSELECT 1;\n# --- !Downs\nSELECT 2;\n", "none"],
      ["mybatis", "-- // first\nSELECT 1;\n-- //@UNDO\nSELECT 2;\n", "per-file"],
      ["sections", "\uFEFF-- UP\r\nSELECT 1;\r\n-- ===== DOWN =====\r\nSELECT 2;\r\n", "unknown"],
    ];
    for (const [tool, text, transaction] of cases) {
      const set = only({ "1_x.sql": text }, "1_x.sql");
      const { up, down } = set.migrations[0]!;
      expect([tool, set.tool, up.transaction]).toEqual([tool, tool, transaction]);
      for (const [script, word] of [
        [up, "SELECT 1"],
        [down!, "SELECT 2"],
      ] as const) {
        expect(script.text).toContain(word);
        const other = word === "SELECT 1" ? "SELECT 2" : "SELECT 1";
        expect(script.text).not.toContain(other);
        const at = script.offset + script.text.indexOf(word);
        expect(placesIn(script.file)(at)).toMatchObject(
          placesIn({ path: "1_x.sql", text })(text.indexOf(word)),
        );
        expect(script.file.text.slice(script.offset, script.offset + script.text.length)).toBe(script.text);
      }
    }
  });

  test("reads each Liquibase changeset with its rollback as one migration", () => {
    const set = only(
      {
        "changelog.sql": [
          "--liquibase formatted sql",
          "--changeset ann:1 runInTransaction:false",
          "CREATE INDEX CONCURRENTLY i ON t (a);",
          "--rollback DROP INDEX",
          "--rollback   i;",
          "--changeset ann:2",
          "CREATE TABLE t (id int);",
          "/* liquibase rollback",
          "DROP TABLE t;",
          "*/",
          "--changeset ann:3",
          "INSERT INTO t VALUES (1);",
          "--rollback not required",
          "",
        ].join("\n"),
      },
      "changelog.sql",
    );
    expect(set.tool).toBe("liquibase");
    const [one, two, three] = set.migrations;
    expect([one!.up.transaction, two!.up.transaction]).toEqual(["none", "per-file"]);
    expect(one!.down!.text.replace(/\s+/g, " ").trim()).toBe("DROP INDEX i;");
    expect(placesIn(one!.down!.file)(one!.down!.text.indexOf("i;")).line).toBe(5);
    expect(two!.down!.text.trim()).toBe("DROP TABLE t;");
    expect(two!.up.text.trim()).toBe("CREATE TABLE t (id int);");
    expect(three!.down!.text).toContain("--rollback not required");
  });

  test("pairs up and down files of every naming, also when only the up file is given", () => {
    const pairs: [string, string][] = [
      ["m/000001_a.up.sql", "m/000001_a.down.sql"],
      ["m/20240101000000_a/up.sql", "m/20240101000000_a/down.sql"],
      ["m/20240101000000_a/migration.sql", "m/20240101000000_a/down.sql"],
      ["m/001.do.a.sql", "m/001.undo.a.sql"],
      ["m/0001.a.sql", "m/0001.a.rollback.sql"],
      ["m/20240101-a-up.sql", "m/20240101-a-down.sql"],
      ["m/0001_a.sql", "m/0001_a_down.sql"],
      ["m/0001_a.sql", "m/rollback/0001_a.sql"],
      ["m/up/0001_a.sql", "m/down/0001_a.sql"],
    ];
    for (const [up, down] of pairs) {
      for (const given of [".", "m", up]) {
        const set = only({ [up]: T, [down]: "DROP TABLE t;" }, given);
        expect([up, given, set.migrations.length]).toEqual([up, given, 1]);
        expect(set.migrations[0]!.path).toBe(up);
        expect([up, given, set.migrations[0]!.down?.file.path]).toEqual([up, given, down]);
        expect(set.hasDowns).toBe(true);
      }
    }
    const lone = only({ "m/0004_scale_down.sql": T, "m/0005_scale_up.sql": T }, "m");
    expect(lone.migrations).toHaveLength(2);
  });

  test("reads the folders of Prisma, Drizzle and graphile-migrate in their order", () => {
    const prisma = only(
      { "m/2_b/migration.sql": T, "m/10_c/migration.sql": T, "m/1_a/migration.sql": T },
      "m",
    );
    expect(prisma.tool).toBe("prisma");
    expect(prisma.migrations.map((one) => one.path[2])).toEqual(["1", "2", "1"]);
    const drizzle = only(
      { "d/0000_a.sql": `${T}--> statement-breakpoint\n${T}`, "d/meta/_journal.json": "{}" },
      "d",
    );
    expect([drizzle.tool, drizzle.migrations[0]!.up.transaction]).toEqual(["drizzle", "per-file"]);
    const graphile = only(
      {
        "g/committed/000002.sql":
          "--! Previous: sha1:1\n--! no-transaction\nGRANT SELECT ON t TO :DATABASE_VISITOR;",
        "g/committed/000001-a.sql": "--! Previous: -\nSELECT 1;",
        "g/current.sql": T,
      },
      "g",
    );
    expect(graphile.migrations.map((one) => one.path)).toEqual([
      "g/committed/000001-a.sql",
      "g/committed/000002.sql",
      "g/current.sql",
    ]);
    expect(graphile.tool).toBe("graphile-migrate");
    expect(graphile.migrations[1]!.up.transaction).toBe("none");
    expect(graphile.migrations[1]!.up.text).toContain("TO _DATABASE_VISITOR;");
  });

  test("never loses what is missing, empty, cut by NUL or no SQL", () => {
    const codes = (files: Record<string, string>, given: string) => {
      const { sets, findings } = read(files, given);
      return [...findings, ...sets.flatMap((set) => set.findings)].map((finding) => finding.code);
    };
    expect(codes({}, "nowhere.sql")).toEqual(["migration/unreadable"]);
    expect(codes({ "a/readme.md": "" }, "a")).toEqual(["migration/nothing-found"]);
    expect(codes({ "a.sql": "SELECT 1;\0" }, "a.sql")).toEqual(["migration/unreadable"]);
    expect(codes({ "a.sql": "\uFEFF\r\n" }, "a.sql")).toEqual(["migration/empty"]);
    expect(codes({ "a.sql": "/* a /* b */ c */ -- d" }, "a.sql")).toEqual(["migration/only-comments"]);
    expect(codes({ "a/1_x.sql": T, "a/2_y.ts": "" }, "a")).toEqual(["migration/not-sql"]);
    expect(codes({ "a/1_x.up.sql": T, "a/01_y.up.sql": T }, "a")).toEqual(["migration/same-version"]);
  });

  test("takes folders whose versions repeat as histories of their own, and years as one", () => {
    expect(read({ "c/one/1_a.sql": T, "c/two/1_a.sql": T }, "c").sets).toHaveLength(2);
    expect(read({ "c/2024/1_a.sql": T, "c/2025/2_a.sql": T }, "c").sets).toHaveLength(1);
    expect(read({ "a.sql": T, "b.sql": T }, "a.sql", "b.sql").sets).toHaveLength(2);
  });

  test("recognises histories in a working tree and leaves seeds, queries and tests alone", () => {
    const tree = treeOf({
      "db/migrations/0001-a.sql": T,
      "db/seeds/0001-a.sql": T,
      "src/queries/0001.sql": T,
      "test/migrations/0001-a.sql": T,
      "src/main/resources/db/migration/V1__a.sql": T,
      "prisma/migrations/20240101000000_a/migration.sql": T,
      "mysql/prisma/migrations/1_a/migration.sql": T,
      "other/prisma/migrations/migration_lock.toml": 'provider = "mysql"\n',
      "other/prisma/migrations/1_a/migration.sql": T,
      "drizzle/0000_a.sql": T,
      "drizzle/meta/_journal.json": '{"dialect":"postgresql"}',
      "migrations/committed/000001.sql": T,
      "migrations/current.sql": T,
      "ops/20240101_x.sql": "-- +goose Up\nSELECT 1;",
      "reports/2024_sales.sql": "SELECT 1;",
    });
    expect(recognizeMigrations(tree)).toEqual([
      "db/migrations",
      "drizzle",
      "migrations",
      "ops",
      "prisma/migrations",
      "src/main/resources/db/migration",
    ]);
    expect(recognizeMigrations(tree, { paths: ["x"] })).toEqual(["x"]);
  });

  test("reads a megabyte of nested comments and headings in linear time", () => {
    const hard = `${"/*".repeat(150_000)}${"*/".repeat(150_000)}\n${"-- rollback ".repeat(30_000)}`;
    expect(only({ "a.sql": `${hard}\nSELECT 1;` }, "a.sql").migrations).toHaveLength(1);
  });
});
