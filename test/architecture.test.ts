import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file && existsSync(path.join(root, file)));
const sources = tracked.filter(
  (file) => /\.(ts|tsx|mjs|js|css)$/.test(file) && !/\/(dist|corpus)\//.test(file),
);
const read = (file: string) => readFileSync(path.join(root, file), "utf8");

/** A module may import only modules before it. `docs/architecture.md` shows the same table. */
const MODULES = [
  ["platform"],
  ["access", "audit"],
  ["evidence"],
  ["runs"],
  ["telemetry"],
  ["gate"],
  ["alerting"],
  ["rollout"],
  ["runbooks"],
  ["incidents"],
  ["recovery"],
  ["commitments"],
  ["http"],
  ["app"],
  ["cli"],
];
const rank = new Map(MODULES.flatMap((names, index) => names.map((name) => [name, index] as const)));

function importsOf(text: string): string[] {
  const pattern = /(?:from|import)\s*\(?\s*["']([^"']+)["']/g;
  return [...text.matchAll(pattern)].map((match) => match[1]!);
}

/** Why `file` of the control plane may not import `specifier`; undefined when it may. */
function importFault(file: string, specifier: string): string | undefined {
  const base = "packages/control-plane/src/";
  if (!file.startsWith(base) || !specifier.startsWith(".")) return undefined;
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
  const [from] = file.slice(base.length).split("/");
  const [to, ...inside] = target.slice(base.length).split("/");
  if (!target.startsWith(base) || from === to) return undefined;
  const fromRank = rank.get(from!);
  const toRank = rank.get(to!);
  if (fromRank === undefined || toRank === undefined) return `${file} imports ${specifier}: unknown module`;
  if (toRank > fromRank) return `${file} imports ${to}, which is to its right`;
  const isTest = /\.test\.ts$|\/testing/.test(file);
  if (!isTest && to !== "platform" && to !== "app" && to !== "cli" && inside.join("/") !== "index.ts") {
    if (inside.join("/") === "routes.ts" && (from === "http" || from === "app")) return undefined;
    return `${file} imports ${specifier}: only ${to}/index.ts is public`;
  }
  return undefined;
}

const BANNED: [RegExp, string][] = [
  [/\bDate\.now\(/, "Date.now( → ctx.clock"],
  [/\bnew Date\(\)/, "new Date() → ctx.clock"],
  [/\bMath\.random\(/, "Math.random( → an injected random"],
  [/\brandomUUID\(/, "randomUUID( → ctx.newId"],
];

/** Where time and randomness enter: the platform, each program's own main, browsers, tests. */
const ENTRANCES =
  /(^packages\/control-plane\/src\/platform\/|^packages\/console\/|^workloads\/ringiflow\/web\/|\.test\.ts$|\/testing|\/bench|\.bench\.ts$|^scripts\/|^test\/|\/releases\/)/;

function bannedCalls(file: string, text: string): string[] {
  if (ENTRANCES.test(file)) return [];
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  // A default for an injected clock is the injection point itself.
  const lines = code.split("\n").filter((line) => !/systemClock|system clock/.test(line));
  return BANNED.filter(([pattern]) => lines.some((line) => pattern.test(line))).map(
    ([, name]) => `${file}: ${name}`,
  );
}

const SQL = /`\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s|"(SELECT|INSERT INTO|UPDATE|DELETE FROM)\s/;

function sqlOutsideStore(file: string, text: string): boolean {
  const base = "packages/control-plane/src/";
  if (!file.startsWith(base) || !SQL.test(text)) return false;
  return (
    !/\/platform\/|store[^/]*\.ts$|\.test\.ts$|\/testing|\/bench|\.bench\.ts$/.test(file) &&
    !file.includes("/telemetry/") &&
    // Examples and messages of the gate's checks are SQL that is read, never run.
    !/\/gate\/(migrations\/|sources\/|.*checks)/.test(file)
  );
}

describe("architecture", () => {
  it("a module of the control plane imports only modules to its left, through their index", () => {
    const faults = sources.flatMap((file) =>
      file.startsWith("packages/control-plane/src/")
        ? importsOf(read(file)).map((specifier) => importFault(file, specifier))
        : [],
    );
    expect(faults.filter(Boolean)).toEqual([]);
  });

  it("the import rule finds a forbidden import", () => {
    const at = "packages/control-plane/src/";
    expect(importFault(`${at}runs/store.ts`, "../rollout/index.ts")).toMatch(/to its right/);
    expect(importFault(`${at}rollout/plan.ts`, "../runs/store.ts")).toMatch(/only runs\/index.ts/);
    expect(importFault(`${at}rollout/plan.ts`, "../runs/index.ts")).toBeUndefined();
  });

  it("nobody imports the control plane, and packages import each other by name", () => {
    const faults = sources.flatMap((file) =>
      importsOf(read(file))
        .filter(
          (specifier) =>
            (specifier.startsWith("@toban/control-plane") && !file.startsWith("packages/control-plane/")) ||
            /^(\.\.\/)+(packages|workloads)\//.test(specifier),
        )
        .filter(() => !file.startsWith("test/"))
        .map((specifier) => `${file} imports ${specifier}`),
    );
    expect(faults).toEqual([]);
  });

  it("time, ids and randomness are injected", () => {
    const inScope = sources.filter((file) => /^(packages|workloads)\/.*\.ts$/.test(file));
    expect(inScope.flatMap((file) => bannedCalls(file, read(file)))).toEqual([]);
    expect(bannedCalls("packages/agent/src/x.ts", "const a = Date.now();")).toHaveLength(1);
  });

  it("SQL stands in store files only", () => {
    expect(sources.filter((file) => sqlOutsideStore(file, read(file)))).toEqual([]);
    expect(sqlOutsideStore("packages/control-plane/src/runs/plan.ts", "`SELECT 1`")).toBe(true);
  });

  it("no source file is over 400 lines", () => {
    const tooLong = sources
      .filter((file) => !/schema\.ts$|package-lock/.test(file))
      .map((file) => [file, read(file).split("\n").length] as const)
      .filter(([, lines]) => lines > 400);
    expect(tooLong).toEqual([]);
  });

  it("documents cite only paths that exist", () => {
    const docs = tracked.filter((file) => /^(README.*|CHANGELOG|docs\/.*)\.md$/.test(file));
    const faults = docs.flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map((match) => path.join(path.dirname(file), match[1]!))
        .filter((target) => !existsSync(path.join(root, target)))
        .map((target) => `${file} cites ${target}`),
    );
    expect(faults).toEqual([]);
  });
});
