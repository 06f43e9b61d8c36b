import { allChecks } from "./catalogue.ts";
import type { Check, Example } from "./check.ts";
import type { Language } from "./output/text.ts";

const WORDS = {
  en: { undecided: "undecided", bad: "Bad", good: "Good", keeps: "Commitments", severity: "Severity" },
  ja: { undecided: "判定不能", bad: "悪い例", good: "良い例", keeps: "約束", severity: "重さ" },
};

/** What a check looks for, why, and an example of bad and good; undefined for a code that does not exist. */
export async function explanationOf(code: string, language: Language): Promise<string | undefined> {
  const check = (await allChecks()).find((one) => one.code === code);
  return check && explain(check, language);
}

/** At most five codes that somebody may have meant: the same name in any family, or one that holds these words. */
export async function codesLike(wanted: string): Promise<string[]> {
  const words = wanted
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 2);
  const rated = (await allChecks()).map(({ code }) => ({
    code,
    hits: words.filter((word) => code.includes(word)).length,
  }));
  const best = Math.max(1, ...rated.map(({ hits }) => hits));
  return rated
    .filter(({ hits }) => hits === best)
    .map(({ code }) => code)
    .slice(0, 5);
}

/** The same as Markdown, for the reference and for `toban check --explain`. */
export function explain(check: Check, language: Language): string {
  const words = WORDS[language];
  const severity = check.undecided ? words.undecided : check.severity;
  const commitments = check.commitments.length > 0 ? check.commitments.join(", ") : "–";
  return [
    `# ${check.code}`,
    "",
    `**${check.title[language]}**`,
    "",
    `${words.severity}: ${severity}. ${words.keeps}: ${commitments}.`,
    "",
    check.why[language],
    "",
    `${check.reason[language]}`,
    "",
    `→ ${check.remedy[language]}`,
    "",
    `## ${words.bad}`,
    "",
    ...exampleLines(check.bad),
    `## ${words.good}`,
    "",
    ...exampleLines(check.good),
  ]
    .join("\n")
    .trimEnd();
}

function exampleLines(example: Example): string[] {
  const files = typeof example === "string" ? { "": example } : example;
  return Object.entries(files).flatMap(([name, text]) => {
    const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
    return [...(name ? [`\`${name}\``, ""] : []), fence, text.trimEnd(), fence, ""];
  });
}
