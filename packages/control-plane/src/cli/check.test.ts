import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { checkCommand } from "./check.ts";

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "toban-check-"));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const put = (name: string, text: string | Buffer) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};

/** As a user runs it: what is printed, and the exit code. */
async function check(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    err += String(text);
    return true;
  });
  process.exitCode = undefined;
  try {
    await checkCommand().parseAsync(args, { from: "user" });
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
  return { code: Number(process.exitCode ?? 0), out, err };
}
const json = async (...args: string[]) => {
  const { code, out } = await check(...args, "--json");
  return { code, ...JSON.parse(out) };
};

const GOOD = "ALTER TABLE orders ADD COLUMN note text;\n";
const BAD = "CREATE INDEX orders_note ON orders (note);\n";

describe("toban check migrations", () => {
  test("exits 0, 1 or 2, and says so for each file", async () => {
    put("good.sql", GOOD);
    put("bad.sql", BAD);
    put("broken.sql", "ALTER TABEL orders;\n");
    expect(await json("migrations", "good.sql")).toMatchObject({
      code: 0,
      verdict: "pass",
      files: [{ path: "good.sql", verdict: "pass" }],
    });
    const all = await json("migrations", "good.sql", "bad.sql", "broken.sql");
    expect(all).toMatchObject({
      code: 1,
      verdict: "fail",
      files: [
        { path: "bad.sql", verdict: "fail" },
        { path: "broken.sql", verdict: "inconclusive" },
        { path: "good.sql", verdict: "pass" },
      ],
    });
    expect(all.findings).toContainEqual(
      expect.objectContaining({ severity: "block", path: "bad.sql", line: 1 }),
    );
    expect((await json("migrations", "good.sql", "broken.sql")).code).toBe(2);
  });

  test("takes paths from anywhere, as they were given", async () => {
    put("db/0001_a.sql", "CREATE TABLE orders (id bigint PRIMARY KEY);\n");
    put("db/0002_b.sql", BAD.replace("note", "id"));
    mkdirSync(path.join(folder, "elsewhere"));
    process.chdir(path.join(folder, "elsewhere"));
    const given = path.join(folder, "db");
    const report = await json("migrations", given);
    expect(report.files.map((file: { path: string }) => file.path)).toEqual([
      `${given}/0001_a.sql`,
      `${given}/0002_b.sql`,
    ]);
    expect(report.verdict).toBe("fail");
    expect((await json("migrations", "../db/0001_a.sql")).verdict).toBe("pass");
  });

  test("knows how the runner wraps a file when it is told", async () => {
    put("i.sql", "CREATE INDEX CONCURRENTLY i ON orders (note);\n");
    expect((await json("migrations", "i.sql", "--transaction", "per-file")).verdict).toBe("fail");
    expect((await json("migrations", "i.sql", "--transaction", "none")).verdict).toBe("pass");
  });
});

describe("what cannot be looked at", () => {
  test("is never a pass: missing, unreadable, empty", async () => {
    put("latin1.ts", Buffer.from([0x2f, 0x2f, 0xe4, 0x0a]));
    mkdirSync(path.join(folder, "empty"));
    for (const [args, code] of [
      [["migrations", "no-such.sql"], "migration/unreadable"],
      [["sources", "no-such.ts"], "gate/input-missing"],
      [["sources", "latin1.ts"], "gate/input-unreadable"],
      [["sources", "empty"], "gate/nothing-to-check"],
    ] as const) {
      const report = await json(...args);
      expect([args, report.code, report.verdict]).toEqual([args, 2, "inconclusive"]);
      expect(report.findings.map((finding: { code: string }) => finding.code)).toContain(code);
    }
    expect((await json()).verdict).toBe("inconclusive");
  });

  test("settings, waivers and a baseline that cannot be read are inconclusive, with a reason", async () => {
    put("good.sql", GOOD);
    put("toban.check.json", '{ "migratoins": {} }');
    const settings = await check("migrations", "good.sql");
    expect(settings).toMatchObject({ code: 2, out: "" });
    expect(settings.err).toMatch(/settings_invalid: .*migratoins/);
    put("toban.check.json", "{}");
    expect((await check("migrations", "good.sql", "--waivers", "no.json")).code).toBe(2);
    put("toban.waivers.json", "{");
    expect(await json("migrations", "good.sql")).toMatchObject({ code: 2, verdict: "inconclusive" });
  });
});

describe("what was there before", () => {
  test("is written down once and then only what is new counts", async () => {
    put("db/0001_a.sql", BAD);
    expect((await check("migrations", "db", "--write-baseline")).code).toBe(0);
    expect(JSON.parse(readFileSync("toban.baseline.json", "utf8")).findings).not.toEqual([]);
    expect((await check("migrations", "db")).code).toBe(0);
    put("db/0002_b.sql", "CREATE INDEX orders_day ON orders (day);\n");
    const later = await json("migrations", "db");
    expect(later.findings.every((finding: { path: string }) => finding.path === "db/0002_b.sql")).toBe(true);
    expect(later.code).toBe(1);
  });

  test("does not count with --changed-since, and an unknown commit is inconclusive", async () => {
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
        stdio: "ignore",
      });
    put("db/0001_a.sql", BAD);
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "first");
    put("db/0002_b.sql", GOOD);
    const changed = await json("migrations", "db", "--changed-since", "HEAD");
    expect(changed).toMatchObject({ code: 0, files: [{ path: "db/0002_b.sql" }] });
    expect((await check("migrations", "db", "--changed-since", "no-such")).code).toBe(2);
  });
});

describe("the report", () => {
  test("comes in each format, to a file when asked", async () => {
    put("bad.sql", BAD);
    expect(JSON.parse((await check("migrations", "bad.sql", "--format", "sarif")).out).version).toBe("2.1.0");
    expect((await check("migrations", "bad.sql", "--format", "junit")).out).toContain("<testsuites");
    expect((await check("migrations", "bad.sql", "--format", "markdown")).out).toContain("toban check");
    const toFile = await check("migrations", "bad.sql", "--json", "--out", "report.json");
    expect(toFile).toMatchObject({ code: 1, out: "" });
    expect(JSON.parse(readFileSync("report.json", "utf8")).verdict).toBe("fail");
    expect((await check("migrations", "bad.sql", "--lang", "ja")).out).toContain("不合格");
  });

  test("never shows a secret in clear", async () => {
    const password = ["Tr0ub4dor", "and3"].join("-");
    put("app.env", `DATABASE_URL=postgres://app:${password}@db.internal/app\n`);
    for (const format of ["text", "json", "sarif", "markdown", "junit"]) {
      const { code, out } = await check("secrets", "app.env", "--format", format);
      expect(code).toBe(1);
      expect(out).not.toContain(password);
    }
  });

  test("explains a check, and says when there is none", async () => {
    expect((await check("--explain", "gate/waiver-expired", "--lang", "en")).out).toContain(
      "A waiver has ended",
    );
    expect(await check("--explain", "no/such")).toMatchObject({ code: 64 });
  });
});
