import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Verdict, verdictOf } from "../finding.ts";
import { checkDeployment } from "./index.ts";

const root = path.resolve(import.meta.dirname, "../../../corpus/deployment");
/** What each bad set must be told; a set is a file, or a folder whose files belong together. */
const codes = JSON.parse(readFileSync(path.join(root, "codes.json"), "utf8")) as Record<string, string[]>;
const WANT: Record<string, Verdict> = { good: "pass", bad: "fail", inconclusive: "inconclusive" };

const sets = Object.keys(WANT).flatMap((folder) =>
  readdirSync(path.join(root, folder))
    .sort()
    .map((name) => ({ folder, name, full: path.join(root, folder, name) })),
);

async function judge({ full, name }: { full: string; name: string }) {
  const paths = statSync(full).isDirectory() ? readdirSync(full).map((one) => `${name}/${one}`) : [name];
  const folder = path.dirname(full);
  const { findings } = await checkDeployment(
    paths.map((one) => ({ path: one, text: readFileSync(path.join(folder, one), "utf8") })),
  );
  return { verdict: verdictOf(findings), findings };
}

describe("the corpus of deployment files", () => {
  test("has at least 80 sets, and every bad one names what is wrong with it", () => {
    expect(sets.length).toBeGreaterThanOrEqual(80);
    expect(Object.keys(codes).sort()).toEqual(
      sets
        .filter((one) => one.folder === "bad")
        .map((one) => one.name)
        .sort(),
    );
  });

  test("recall is at least 0.95 and false positives at most 3 %", async () => {
    const missed: string[] = [];
    const wrong: string[] = [];
    let expected = 0;
    let found = 0;
    let bad = 0;
    for (const one of sets) {
      const { verdict, findings } = await judge(one);
      if (one.folder === "bad") {
        bad++;
        for (const code of codes[one.name] ?? []) {
          expected++;
          if (
            findings.some((finding) => finding.severity === "block" && finding.code === `deployment/${code}`)
          )
            found++;
          else missed.push(`${one.name}: ${code}`);
        }
        if (verdict !== "fail") missed.push(`${one.name}: ${verdict}`);
      } else if (verdict !== WANT[one.folder]) wrong.push(`${one.folder}/${one.name}: ${verdict}`);
    }
    const recall = found / expected;
    const falsePositives = wrong.length / (sets.length - bad);
    console.info(
      `deployment corpus: ${sets.length} sets (${bad} bad), ${expected} expected findings, ` +
        `recall ${recall.toFixed(3)}, false positives ${(falsePositives * 100).toFixed(1)} %`,
    );
    expect(recall, missed.join("\n")).toBeGreaterThanOrEqual(0.95);
    expect(falsePositives, wrong.join("\n")).toBeLessThanOrEqual(0.03);
  });
});
