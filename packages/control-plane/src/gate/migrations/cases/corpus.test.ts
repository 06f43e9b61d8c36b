import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CORPUS, cases } from "./corpus.ts";
import { comparison, type Judged, judge, score } from "./grade.ts";

describe("the migrations of the corpus, judged by the static checks", () => {
  const all = cases();

  test("there are at least 150, bad and good, and each is in it once", () => {
    expect(all.length).toBeGreaterThanOrEqual(150);
    expect(new Set(all.map((one) => one.path)).size).toBe(all.length);
    const good = all.filter((one) => one.verdict === "pass").length;
    expect(good / all.length).toBeGreaterThan(0.35);
    expect(good / all.length).toBeLessThan(0.65);
  });

  test("at least 98 % of the bad ones are found, and at most 2 % of the good ones accused", async () => {
    const judged: Judged[] = [];
    for (const one of all) judged.push(await judge(one));
    const { recall, falsePositives, missed, accused } = score(judged, true);
    const lines = [...missed, ...accused].map(told);
    if (process.env.TOBAN_CORPUS_REPORT) writeFileSync(process.env.TOBAN_CORPUS_REPORT, lines.join("\n"));
    const said = `recall ${recall.toFixed(3)}, false positives ${falsePositives.toFixed(3)}\n${lines.join("\n")}`;
    console.log(said);
    expect(recall, said).toBeGreaterThanOrEqual(0.98);
    expect(falsePositives, said).toBeLessThanOrEqual(0.02);
  });
});

describe("the same migrations, judged by squawk", () => {
  test("the table beside it is what is measured (update with `npm test -- -u cases/corpus`)", async () => {
    await expect(await comparison(cases())).toMatchFileSnapshot(`${CORPUS}comparison.md`);
  });
});

function told({ one, verdict, findings }: Judged): string {
  const codes = findings.map((finding) => `${finding.severity} ${finding.code}`);
  return `${one.path}: expected ${one.verdict}, got ${verdict} [${[...new Set(codes)].join(", ")}] ${one.why}`;
}
