import { describe, expect, test } from "vitest";
import type { Check, Example } from "../check.ts";
import { deploymentFamily as family } from "./index.ts";

const files = (example: Example) =>
  typeof example === "string"
    ? [{ path: family.exampleFile, text: example }]
    : Object.entries(example).map(([path, text]) => ({ path, text }));

describe("every check of deployment configuration", () => {
  for (const check of Object.values<Check>(family.checks)) {
    test(`${check.code} finds its bad example`, async () => {
      const { findings } = await family.example(files(check.bad));
      expect(findings.map((finding) => finding.code)).toContain(check.code);
    });

    test(`${check.code} lets its good example pass`, async () => {
      const { findings } = await family.example(files(check.good));
      expect(findings.filter((one) => one.code === check.code || one.severity === "block")).toEqual([]);
    });
  }

  test("has a code of its own in kebab case, and both languages", () => {
    const all = Object.values<Check>(family.checks);
    expect(new Set(all.map((check) => check.code)).size).toBe(all.length);
    for (const check of all) {
      expect(check.code).toMatch(/^deployment\/[a-z0-9]+(-[a-z0-9]+)*$/);
      for (const text of [check.title, check.why, check.reason, check.remedy])
        expect(text.en && text.ja).toBeTruthy();
      expect(check.commitments.length).toBeGreaterThan(0);
    }
  });
});
