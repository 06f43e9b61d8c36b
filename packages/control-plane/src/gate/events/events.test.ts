import { describe, expect, test } from "vitest";
import type { Example } from "../check.ts";
import { type SourceFile, verdictOf } from "../finding.ts";
import { EVENTS_CHECKS, eventFamily } from "./index.ts";

const filesOf = (example: Example): SourceFile[] =>
  typeof example === "string"
    ? [{ path: eventFamily.exampleFile, text: example }]
    : Object.entries(example).map(([path, text]) => ({ path, text }));

describe("checks of events", () => {
  test.each(Object.values(EVENTS_CHECKS).map((one) => [one.code, one] as const))(
    "%s finds its bad example and passes its good one",
    async (code, one) => {
      const bad = await eventFamily.example(filesOf(one.bad));
      expect(bad.findings.map((finding) => finding.code)).toContain(code);
      const good = await eventFamily.example(filesOf(one.good));
      expect(good.findings.filter((finding) => finding.code === code)).toEqual([]);
      expect(verdictOf(good.findings)).toBe("pass");
      for (const finding of [...bad.findings, ...good.findings]) {
        expect(JSON.stringify(finding.reason)).not.toMatch(/[^\\]\{\w+\}/);
      }
    },
  );
});
