import { describe, expect, test } from "vitest";
import { verdictOf } from "../finding.ts";
import { SUPPLY_CHECKS, supplyFamily } from "./index.ts";

const filesOf = (example: string | Record<string, string>) =>
  Object.entries(typeof example === "string" ? { [supplyFamily.exampleFile]: example } : example).map(
    ([path, text]) => ({ path, text }),
  );

describe("every check of the supply chain", () => {
  const all = Object.values(SUPPLY_CHECKS);

  test("has a code of its own under the family's name", () => {
    expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
    for (const { code } of all) expect(code).toMatch(/^supply\/[a-z]+(-[a-z]+)*$/);
  });

  test.each(all.map((check) => [check.code, check] as const))(
    "%s finds its bad example and not its good one",
    async (_, check) => {
      const bad = await supplyFamily.example(filesOf(check.bad));
      expect(bad.findings.map(({ code }) => code)).toContain(check.code);
      const expected = check.undecided ? "inconclusive" : check.severity === "block" ? "fail" : "pass";
      expect(verdictOf(bad.findings)).toBe(expected);
      for (const { reason, remedy } of bad.findings) {
        for (const text of [reason.en, reason.ja, remedy.en, remedy.ja]) expect(text).not.toMatch(/[{}]/);
      }
      const good = await supplyFamily.example(filesOf(check.good));
      expect(good.findings.map(({ code }) => code)).not.toContain(check.code);
      expect(verdictOf(good.findings)).not.toBe("fail");
    },
  );
});
