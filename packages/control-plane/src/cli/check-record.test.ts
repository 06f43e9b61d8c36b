import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { checkCommand } from "./check.ts";

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "toban-record-"));
  process.chdir(folder);
  vi.stubEnv("TOBAN_RELEASES", path.join(folder, "releases"));
  // Nothing listens there: what matters is what the gate says before it is told.
  vi.stubEnv("TOBAN_HOME", path.join(folder, ".toban"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  process.chdir(home);
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function put(name: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
}

async function record(releases: string) {
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
  await checkCommand().parseAsync(["--record", releases, "--json"], { from: "user" });
  stdout.mockRestore();
  stderr.mockRestore();
  return { code: process.exitCode, report: JSON.parse(out), err };
}

test("a recorded verdict demands that every release has an SBOM of its digest", async () => {
  put("releases/bff/1.0.0/release.json", JSON.stringify({ digest: `sha256:${"a".repeat(64)}` }));
  put("db/migrations/0001_a.sql", "CREATE TABLE orders (id bigint PRIMARY KEY);\n");
  const missing = await record("bff@1.0.0");
  expect(missing.report.findings).toContainEqual(
    expect.objectContaining({ code: "supply/sbom-missing", path: "releases/sbom/bff-1.0.0.cdx.json" }),
  );
  expect(missing.code).toBe(1);
});

test.each([
  ["bff@9.9.9", /^release_unknown/],
  ["bff", /^release_unnamed/],
])("what names no release is refused: %s", async (releases, refusal) => {
  put("db/migrations/0001_a.sql", "CREATE TABLE orders (id bigint PRIMARY KEY);\n");
  const refused = await record(releases);
  expect([refused.code, refused.err]).toEqual([2, expect.stringMatching(refusal)]);
});
