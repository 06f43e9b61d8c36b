import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type SourceFile, verdictOf } from "../finding.ts";
import { checkContract } from "./index.ts";

const read = (name: string): SourceFile => ({
  path: `contracts/${name}`,
  text: readFileSync(
    new URL(`../../../../../workloads/ringiflow/contracts/${name}`, import.meta.url),
    "utf8",
  ),
});

const released = read("core.1.0.0.openapi.json");
const now = new Date("2026-11-23T00:00:00Z");

describe("RingiFlow's contract between BFF and core", () => {
  test("takes and gives what the released one does", async () => {
    const { findings } = await checkContract({ base: released, revision: read("core.openapi.json"), now });
    expect(findings.filter((finding) => finding.severity === "block")).toEqual([]);
    expect(verdictOf(findings)).toBe("pass");
  });

  // RF-139: each of these would break the BFF that is in production.
  test.each([
    [
      "a command that is gone",
      '"/v1/requests/{id}/approve"',
      '"/v1/requests/{id}/accept"',
      "operation-removed",
    ],
    ["a status that is new", '"withdrawn"', '"withdrawn", "archived"', "response-value-added"],
    ["another name in answers", '"amountYen"', '"amount"', "response-property-removed"],
    ["shorter comments", '"maxLength": 2000', '"maxLength": 500', "request-constraint-tightened"],
    ["a tenant that is read elsewhere", '"x-ringiflow-tenant"', '"x-tenant"', "parameter-required"],
  ])("refuses %s", async (_title, from, to, code) => {
    const revision = { path: "contracts/core.openapi.json", text: released.text.replaceAll(from, to) };
    const { findings } = await checkContract({ base: released, revision, now });
    expect(findings.map((finding) => finding.code)).toContain(`contract/${code}`);
    expect(verdictOf(findings)).toBe("fail");
  });
});
