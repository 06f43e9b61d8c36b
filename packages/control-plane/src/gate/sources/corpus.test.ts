import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { verdictOf } from "../finding.ts";
import { judgeSources, sourcesSettings } from "./index.ts";

const folder = path.resolve(import.meta.dirname, "../../../corpus/sources");

/** An expert's verdict on one snippet; `code` is the check that must say it. */
type Snippet = { path: string; verdict: "fail" | "pass" | "inconclusive"; code?: string; why: string };
const snippets = JSON.parse(readFileSync(path.join(folder, "verdicts.json"), "utf8")) as Snippet[];
const settings = sourcesSettings.parse(undefined);

describe("the corpus of sources", () => {
  test("is judged as experts did: recall at least 0.95, false positives at most 3 %", async () => {
    const missed: string[] = [];
    const wrong: string[] = [];
    const perCheck = new Map<string, { found: number; all: number }>();
    for (const snippet of snippets) {
      const text = readFileSync(path.join(folder, snippet.path), "utf8");
      const { findings } = await judgeSources([{ path: snippet.path, text }], settings);
      const verdict = verdictOf(findings);
      if (snippet.code === undefined) {
        if (verdict !== "pass")
          wrong.push(`${snippet.path}: ${findings.map((f) => `${f.code}:${f.line}`).join(", ")}`);
        continue;
      }
      const count = perCheck.get(snippet.code) ?? { found: 0, all: 0 };
      const found = verdict === snippet.verdict && findings.some((finding) => finding.code === snippet.code);
      perCheck.set(snippet.code, { found: count.found + (found ? 1 : 0), all: count.all + 1 });
      if (!found) missed.push(`${snippet.path}: ${findings.map((f) => `${f.code}:${f.line}`).join(", ")}`);
    }
    const bad = snippets.filter((snippet) => snippet.code !== undefined).length;
    const good = snippets.length - bad;
    const recall = (bad - missed.length) / bad;
    const falsePositives = wrong.length / good;
    for (const [code, { found, all }] of [...perCheck].sort())
      console.log(`${code.padEnd(40)} ${found}/${all}`);
    console.log(
      `sources: ${bad} bad, recall ${recall.toFixed(3)}; ${good} good, false positives ${(falsePositives * 100).toFixed(1)} %`,
    );
    console.log([...missed.map((one) => `missed ${one}`), ...wrong.map((one) => `wrong ${one}`)].join("\n"));
    expect(bad + good).toBeGreaterThanOrEqual(60);
    expect(recall).toBeGreaterThanOrEqual(0.95);
    expect(falsePositives).toBeLessThanOrEqual(0.03);
  });
});
