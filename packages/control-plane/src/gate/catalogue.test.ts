import { describe, expect, test } from "vitest";
import { allChecks, allFamilies } from "./catalogue.ts";
import type { Check, Example } from "./check.ts";
import { GATE_CHECKS } from "./checks.ts";
import { DATABASE_CHECKS } from "./database/checks.ts";
import { explanationOf } from "./explain.ts";
import type { Family } from "./family.ts";
import { SHADOW_CHECKS } from "./migrations/shadow/checks.ts";

const checks = await allChecks();
const families = await allFamilies();
/** Registers of the five documents, and the invariants by their own names. */
const COMMITMENT = /^(RF|SK|INV|PD|GL)-\d{3}$|^INV-OPS-00[1-5]$/;

const filesOf = (family: Family, example: Example) =>
  Object.entries(typeof example === "string" ? { [family.exampleFile]: example } : example).map(
    ([path, text]) => ({ path, text }),
  );

describe("the catalogue", () => {
  test("has every code once, in its family's name", () => {
    const codes = checks.map(({ code }) => code);
    expect(codes.length).toBe(new Set(codes).size);
    expect(codes.filter((code) => !/^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/.test(code))).toEqual([]);
    for (const family of families) {
      const prefixes = new Set(Object.values(family.checks).map(({ code }) => code.split("/")[0]));
      expect([...prefixes]).toEqual([family.name]);
    }
  });

  test("says everything in both languages, and names commitments that exist", () => {
    const faults = checks.flatMap(({ code, title, why, reason, remedy, commitments }) => [
      ...[title, why, reason, remedy]
        .filter(({ en, ja }) => !/[a-z]/.test(en) || !/[\u3040-\u30ff\u4e00-\u9fff]|\{\w+Ja\}/.test(ja))
        .map(() => `${code}: a text is missing`),
      ...commitments.filter((id) => !COMMITMENT.test(id)).map((id) => `${code}: ${id}`),
      ...placeholders(reason.en, reason.ja).map((name) => `${code}: {${name}} in one language only`),
    ]);
    expect(faults).toEqual([]);
  });

  test("explains each check, in either language", async () => {
    expect(await explanationOf("gate/input-missing", "ja")).toContain("入力がない");
    expect(await explanationOf("gate/no-such-check", "en")).toBeUndefined();
  });
});

describe("every check", () => {
  test("is turned red by its mutant, and not by the same intent done right", async () => {
    const failures: string[] = [];
    let red = 0;
    for (const family of families) {
      for (const check of Object.values(family.checks)) {
        const found = async (example: Check["bad"]) =>
          (await family.example(filesOf(family, example))).findings;
        const bad = await found(check.bad);
        const good = await found(check.good);
        if (bad.some(({ code }) => code === check.code)) red += 1;
        else failures.push(`${check.code}: its mutant stays green`);
        if (good.some(({ code }) => code === check.code))
          failures.push(`${check.code}: its good example is red`);
        for (const { code, severity } of good) {
          if (severity === "block") failures.push(`${check.code}: ${code} blocks its good example`);
        }
      }
    }
    // Those of the gate itself, of databases and of the shadow need files and a PostgreSQL: their own tests run their mutants.
    const total =
      checks.length - Object.keys({ ...GATE_CHECKS, ...SHADOW_CHECKS, ...DATABASE_CHECKS }).length;
    console.log(`mutation score of the gate: ${red} of ${total} mutants red`);
    expect(failures).toEqual([]);
    expect(red).toBe(total);
  });
});

/** `{why}` is the English and `{whyJa}` the Japanese of the same. */
const namesIn = (text: string) =>
  new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!.replace(/Ja$/, "")));

function placeholders(one: string, other: string): string[] {
  const [a, b] = [namesIn(one), namesIn(other)];
  // Japanese may do without a word that English needs, never say one that is not given.
  return [...b].filter((name) => !a.has(name));
}
