import { describe, expect, test } from "vitest";
import type { Example } from "../check.ts";
import type { SourceFile } from "../finding.ts";
import { sourceFamily } from "./index.ts";

const filesOf = (example: Example): SourceFile[] =>
  typeof example === "string"
    ? [{ path: sourceFamily.exampleFile, text: example }]
    : Object.entries(example).map(([path, text]) => ({ path, text }));

describe("every check of sources", () => {
  test.each(Object.values(sourceFamily.checks))(
    "$code finds its mutant and passes what is done right",
    async (check) => {
      const bad = await sourceFamily.example(filesOf(check.bad));
      expect(bad.findings.map((finding) => finding.code)).toContain(check.code);
      const good = await sourceFamily.example(filesOf(check.good));
      expect(
        good.findings.filter((finding) => finding.code === check.code || finding.severity === "block"),
      ).toEqual([]);
    },
  );

  test("has texts in both languages and a code of its family, used once", () => {
    const all = Object.values(sourceFamily.checks);
    expect(new Set(all.map((check) => check.code)).size).toBe(all.length);
    for (const check of all) {
      expect(check.code).toMatch(/^sources\/[a-z-]+$/);
      for (const text of [check.title, check.why, check.reason, check.remedy]) {
        expect(text.en).not.toBe("");
        expect(text.ja).toMatch(/[ぁ-んァ-ヶ一-龠]|^\{\w+\}$/);
      }
    }
  });
});
