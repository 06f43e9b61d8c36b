import { describe, expect, test } from "vitest";
import type { Example } from "../../check.ts";
import { migrationFamily } from "../index.ts";

const run = async (example: Example) => {
  const files =
    typeof example === "string"
      ? [{ path: migrationFamily.exampleFile, text: example }]
      : Object.entries(example).map(([path, text]) => ({ path, text }));
  return (await migrationFamily.example(files)).findings;
};

describe("every check of migrations", () => {
  const all = Object.values(migrationFamily.checks);

  test.each(all.map((check) => [check.code, check] as const))(
    "%s turns red by its bad example and stays quiet on its good one",
    async (code, check) => {
      expect((await run(check.bad)).map((finding) => finding.code)).toContain(code);
      const good = await run(check.good);
      expect(good.map((finding) => finding.code)).not.toContain(code);
      expect(good.filter((finding) => finding.severity === "block").map((finding) => finding.code)).toEqual(
        [],
      );
    },
  );

  test("says itself in both languages", () => {
    for (const { code, title, why, reason, remedy } of all) {
      expect(code).toMatch(/^migration\/[a-z0-9]+(?:-[a-z0-9]+)*$/);
      for (const { en, ja } of [title, why, reason, remedy]) {
        expect(en.length).toBeGreaterThan(0);
        expect(ja).toMatch(/[ぁ-んァ-ヶ一-龠]/);
      }
    }
  });
});
