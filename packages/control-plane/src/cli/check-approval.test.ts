import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { checkCommand } from "./check.ts";

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "toban-approval-"));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function audit(severity: "critical" | "high"): void {
  const via = {
    source: 1,
    name: "pad-zero",
    title: "Prototype pollution",
    url: "https://github.com/advisories/GHSA-22xx-33vv-44ww",
    severity,
    range: "<2.0.1",
  };
  const found = { name: "pad-zero", severity, via: [via], range: "<2.0.1", nodes: [], fixAvailable: true };
  const metadata = { vulnerabilities: { [severity]: 1, total: 1 }, dependencies: { prod: 2, total: 2 } };
  const report = { auditReportVersion: 2, vulnerabilities: { "pad-zero": found }, metadata };
  writeFileSync("audit.json", JSON.stringify(report));
}

async function check(...args: string[]) {
  let err = "";
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    err += String(text);
    return true;
  });
  process.exitCode = undefined;
  await checkCommand().parseAsync(["vulnerabilities", "audit.json", ...args], { from: "user" });
  stdout.mockRestore();
  stderr.mockRestore();
  return { code: process.exitCode, err };
}

const history = (): { event: string; severity?: string; approver?: string }[] =>
  JSON.parse(readFileSync("toban.vulnerabilities.json", "utf8")).findings[0].history;
const approval = (...more: string[]) => [
  ...["--approve-downgrade", "GHSA-22XX-33VV-44WW", "--package", "pad-zero", "--to", "high"],
  ...["--author", "aoki", "--reason", "The vulnerable path is not reached.", ...more],
];

describe("a rating that the reports have lowered", () => {
  test("is accepted by two people, and written to the ledger", async () => {
    audit("critical");
    expect((await check("--update-ledger")).code).toBe(0);
    audit("high");
    expect((await check("--update-ledger")).code).toBe(0);
    expect(history().map(({ event }) => event)).toEqual(["found", "rated"]);
    expect((await check(...approval("--approver", "baba"))).code).toBe(0);
    expect(history().at(-1)).toMatchObject({ event: "approved", severity: "high", approver: "baba" });
  });

  test.each([
    ["its own author", approval("--approver", "Aoki"), /downgrade_not_approved/],
    ["nobody", approval(), /approval_incomplete/],
  ])("is not accepted by %s", async (_who, args, refusal) => {
    audit("critical");
    await check("--update-ledger");
    audit("high");
    await check("--update-ledger");
    const refused = await check(...args);
    expect([refused.code, refused.err]).toEqual([2, expect.stringMatching(refusal)]);
    expect(history()).toHaveLength(2);
  });

  test("needs a ledger", async () => {
    audit("high");
    expect((await check(...approval("--approver", "baba"))).err).toMatch(/^ledger_invalid/);
  });
});
