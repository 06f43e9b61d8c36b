import { describe, expect, test } from "vitest";
import type { Check, Example } from "../check.ts";
import { type SourceFile, verdictOf } from "../finding.ts";
import { contractFamily } from "./index.ts";

const filesOf = (example: Example): SourceFile[] =>
  Object.entries(typeof example === "string" ? { [contractFamily.exampleFile]: example } : example).map(
    ([path, text]) => ({ path, text }),
  );

describe("the checks of contracts", () => {
  const all: Check[] = Object.values(contractFamily.checks);

  test.each(all.map((check) => [check.code, check] as const))(
    "%s finds its bad example alone",
    async (code, check) => {
      const bad = await contractFamily.example(filesOf(check.bad));
      expect(bad.findings.map((finding) => finding.code)).toContain(code);
      const good = await contractFamily.example(filesOf(check.good));
      expect(good.findings.filter((finding) => finding.code === code || finding.undecided)).toEqual([]);
      expect(verdictOf(good.findings)).toBe("pass");
      for (const finding of [...bad.findings, ...good.findings]) {
        expect(`${finding.reason.en} ${finding.reason.ja} ${finding.remedy.en}`).not.toMatch(/\{\w+\}/);
      }
    },
  );
});
