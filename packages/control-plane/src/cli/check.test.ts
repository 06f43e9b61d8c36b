import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { checkCommand } from "./check.ts";

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "toban-check-")));
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

const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { stdio: "ignore" });
const commit = (date = "2026-11-01T00:00:00Z") => {
  git("add", "-A");
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "x"], {
    env: { ...process.env, GIT_COMMITTER_DATE: date },
  });
};
type Found = { code: string; path: string };
const codes = (report: { findings: Found[] }) => report.findings.map(({ code }) => code);

const AUDIT = JSON.stringify({
  auditReportVersion: 2,
  vulnerabilities: {
    lodash: {
      name: "lodash",
      severity: "critical",
      via: [
        {
          source: 1106913,
          name: "lodash",
          title: "Command Injection",
          url: "https://github.com/advisories/GHSA-35jh-r3h4-6jhm",
          severity: "critical",
          range: "<4.17.21",
        },
      ],
      range: "<4.17.21",
      fixAvailable: true,
    },
  },
  metadata: { vulnerabilities: { critical: 1, total: 1 } },
});

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
  });

  test("is said when nothing here is known to the gate, texts without secrets or not", async () => {
    expect(await json()).toMatchObject({ code: 2, files: [{ path: "." }] });
    put("README.md", "# Nothing\n");
    const report = await json();
    expect(report.code).toBe(2);
    expect(codes(report)).toEqual(["gate/nothing-to-check"]);
    put("src/a.ts", "export const a = 1;\n");
    expect((await json()).code).toBe(0);
  });

  test("does not hide the rest: one file that is no text, links that go round in a circle", async () => {
    put("db/migrations/0001_a.sql", Buffer.from([0x2d, 0x2d, 0xe4, 0x0a]));
    put("released/events/a.json", Buffer.from([0x22, 0xe4, 0x22]));
    put("events/a.json", "{}");
    put("src/a.ts", "export const a = 1;\n");
    symlinkSync("round.ts", path.join(folder, "src/round.ts"));
    symlinkSync("..", path.join(folder, "src/up"));
    const report = await json();
    expect(report.code).toBe(2);
    const unread = report.findings.filter(({ code }: Found) => code === "gate/input-unreadable");
    expect(unread.map(({ path }: Found) => path)).toEqual([
      "db/migrations/0001_a.sql",
      "released/events/a.json",
      "src/round.ts",
    ]);
    expect(report.files).toContainEqual({ path: "src/a.ts", verdict: "pass" });
  });

  test("is said in the form that was asked for, also bad use as JSON", async () => {
    put("a.sql", GOOD);
    const gone = ["migrations", "a.sql", "--settings", "no.json", "--format"];
    expect(JSON.parse((await check(...gone, "sarif")).out).runs[0].results).toHaveLength(1);
    expect((await check(...gone, "junit")).out).toContain('errors="1"');
    expect(await check(...gone, "text")).toMatchObject({ code: 2, out: "" });
    const out = await check("migrations", "a.sql", "--json", "--out", "no/such/report.json");
    expect(out.code).toBe(2);
    expect(JSON.parse(out.out).findings[0]).toMatchObject({ code: "file_unwritable", undecided: true });
  });

  test("a named file that the settings ignore is left out, and alone proves nothing", async () => {
    put("toban.check.json", '{ "ignore": ["src/made/**"] }');
    put("src/made/a.ts", "export const cache = new Map();\n");
    put("src/b.ts", "export const b = 1;\n");
    expect(await json("sources", "src/made/a.ts", "./src/b.ts")).toMatchObject({
      code: 0,
      files: [{ path: "./src/b.ts" }],
    });
    expect((await json("sources", "./src/made/a.ts")).code).toBe(2);
    expect(codes(await json("sbom", "no.json"))).toEqual(["gate/input-missing"]);
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

describe("a baseline that is written", () => {
  test("knows a finding after its lines have moved, however its file is named", async () => {
    put("db/0001_a.sql", BAD);
    await check("migrations", "./db/0001_a.sql", "--write-baseline");
    put("db/0001_a.sql", `-- moved\n\n${BAD}`);
    for (const name of ["db", "./db/0001_a.sql", path.join(folder, "db/0001_a.sql")]) {
      expect(await json("migrations", name)).toMatchObject({ code: 0, findings: [] });
    }
  });

  test("keeps what a partial check has not looked at, and never replaces another file", async () => {
    put("db/0001_a.sql", BAD);
    put("more/0001_b.sql", BAD.replace("orders", "b"));
    await check("migrations", "db", "--write-baseline");
    await check("migrations", "more", "--write-baseline");
    expect((await check("migrations", "db", "more")).code).toBe(0);
    expect((await check("migrations", "db", "--write-baseline", "more/0001_b.sql")).code).toBe(2);
    expect(readFileSync("more/0001_b.sql", "utf8")).toContain("CREATE INDEX");
    await check("migrations", "db", "--write-baseline", "own.json");
    expect((await check("migrations", "db", "--baseline", "own.json")).code).toBe(0);
    expect(existsSync("own.json")).toBe(true);
  });
});

describe("with --changed-since", () => {
  test("a file counts however it is named, also from a folder within, renamed or not kept by git", async () => {
    put(".gitignore", "audit.json\n");
    put("api/db/0001_old.sql", BAD);
    git("init", "-q");
    commit();
    git("mv", "api/db/0001_old.sql", "api/db/0001_new.sql");
    process.chdir(path.join(folder, "api"));
    for (const name of ["db", "./db/0001_new.sql", path.join(folder, "api/db/0001_new.sql"), "../api/db"]) {
      expect((await check("migrations", name, "--changed-since", "HEAD")).code).toBe(1);
    }
    put("audit.json", "{");
    expect((await check("vulnerabilities", "../audit.json", "--changed-since", "HEAD")).code).toBe(2);
    const uri = JSON.parse((await check("migrations", "db", "--format", "sarif")).out).runs[0].results[0]
      .locations[0].physicalLocation.artifactLocation.uri;
    expect(uri).toBe("api/db/0001_new.sql");
  });

  test("what is missing is never unchanged, and before the first commit everything is new", async () => {
    git("init", "-q");
    put("a.sql", BAD);
    expect((await check("migrations", "a.sql", "--changed-since", "HEAD")).code).toBe(1);
    commit();
    expect((await check("migrations", "a.sql", "--changed-since", "HEAD")).code).toBe(0);
    for (const args of [
      ["sources", "no.ts"],
      ["migrations", "no.sql"],
      ["sources", "."],
    ]) {
      expect((await check(...args, "--changed-since", "HEAD")).code).toBe(2);
    }
  });
});

describe("the age of a report", () => {
  const clean = '{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"vulnerabilities":{"total":0}}}';
  test("is that of its commit where a checkout has written it anew", async () => {
    put("audit.json", clean);
    expect((await check("vulnerabilities", "audit.json")).code).toBe(0);
    git("init", "-q");
    commit("2026-01-01T00:00:00Z");
    expect(codes(await json("vulnerabilities", "audit.json"))).toEqual(["supply/scan-stale"]);
    put("audit.json", `${clean}\n`);
    expect((await check("vulnerabilities", "audit.json")).code).toBe(0);
    utimesSync("audit.json", new Date("2026-01-01"), new Date("2026-01-01"));
    expect((await check("vulnerabilities", "audit.json")).code).toBe(2);
  });

  test("does not matter to the ledger: what is written down first passes, and the clock then runs", async () => {
    put("audit.json", AUDIT);
    expect(codes(await json("vulnerabilities", "audit.json"))).toEqual(["supply/vulnerability-untracked"]);
    expect((await check("vulnerabilities", "./audit.json", "--update-ledger")).code).toBe(0);
    const ledger = JSON.parse(readFileSync("toban.vulnerabilities.json", "utf8"));
    ledger.findings[0].history[0].at = "2026-01-01T00:00:00Z";
    put("toban.vulnerabilities.json", JSON.stringify(ledger));
    expect(codes(await json("vulnerabilities", "audit.json"))).toEqual(["supply/vulnerability-overdue"]);
    // A baseline would let it stay for ever.
    expect((await check("vulnerabilities", "audit.json", "--write-baseline")).code).toBe(1);
    put("audit.json", clean);
    expect((await check("vulnerabilities", path.join(folder, "audit.json"), "--update-ledger")).code).toBe(0);
    expect(readFileSync("toban.vulnerabilities.json", "utf8")).toContain('"event": "fixed"');
  });
});

describe("coverage", () => {
  test("is looked for where tools write it, also when git ignores that", async () => {
    git("init", "-q");
    put(".gitignore", "coverage/\n");
    put("package.json", "{}");
    put("packages/a/package.json", "{}");
    expect((await json("coverage")).code).toBe(2);
    put("packages/a/coverage/lcov.info", "TN:\nSF:a\nDA:1,1\nend_of_record\n");
    expect(await json("coverage")).toMatchObject({
      code: 0,
      files: [{ path: "packages/a/coverage/lcov.info" }],
    });
    put("coverage/lcov.info", Buffer.from([0xe4]));
    expect(codes(await json("coverage"))).toEqual(["gate/input-unreadable"]);
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
    // Also beside a finding of a check that looks for something else.
    put("Dockerfile", `FROM node:latest\nENV DB_PASSWORD=${password}\n`);
    expect((await check("deployment", "Dockerfile")).out).not.toContain(password);
  });

  test("explains a check, and says when there is none", async () => {
    expect((await check("--explain", "gate/waiver-expired", "--lang", "en")).out).toContain(
      "A waiver has ended",
    );
    expect(await check("--explain", "no/such")).toMatchObject({ code: 64, out: "" });
    expect((await check("--explain", "waiver-expire")).err).toContain("gate/waiver-expired");
  });
});
