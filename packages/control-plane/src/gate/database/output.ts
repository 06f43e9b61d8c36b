import { TOOL_VERSION } from "../output/render.ts";
import { asSarif } from "../output/sarif.ts";
import type { Language } from "../output/text.ts";
import { DATABASE_CHECKS } from "./checks.ts";
import type { ObjectFinding } from "./context.ts";
import type { Inspection } from "./inspect.ts";

export type DatabaseFormat = "text" | "json" | "sarif";

/** Of one database; `name` is what a reader calls it, never its URL. */
export type Looked = { name: string; seen: Inspection };

const WORDS = {
  en: {
    verdict: { pass: "pass", fail: "fail", inconclusive: "inconclusive" },
    level: { block: "block", warn: "warn", info: "info", undecided: "undecided" },
    by: (seen: Inspection) =>
      `connected as ${seen.roles.connected}, application's role ${seen.roles.application}, tenants by ${seen.tenancy.column} = ${seen.tenancy.setting ?? "?"}`,
    excepted: "declared",
    checked: ({ checked: c }: Inspection) =>
      `${c.tables} tables, ${c.views} views, ${c.functions} functions, ${c.policies} policies; ${c.fuzzed.length} tables tried out in ${c.attempts} attempts`,
  },
  ja: {
    verdict: { pass: "合格", fail: "不合格", inconclusive: "判定不能" },
    level: { block: "不可", warn: "注意", info: "情報", undecided: "判定不能" },
    by: (seen: Inspection) =>
      `接続は ${seen.roles.connected}、アプリケーションのロールは ${seen.roles.application}、テナントは ${seen.tenancy.column} = ${seen.tenancy.setting ?? "?"}`,
    excepted: "宣言済み",
    checked: ({ checked: c }: Inspection) =>
      `表 ${c.tables}、ビュー ${c.views}、関数 ${c.functions}、ポリシー ${c.policies}。${c.fuzzed.length} 表で ${c.attempts} 回試した`,
  },
};

const rank = ({ severity, undecided }: ObjectFinding): number =>
  undecided ? 1 : { block: 0, warn: 2, info: 3 }[severity];

export async function renderDatabases(
  all: Looked[],
  options: { format: DatabaseFormat; language: Language },
): Promise<string> {
  const { format, language } = options;
  if (format === "sarif") return sarif(all, language);
  if (format === "json") {
    const values = all.map((one) => asValue(one, language));
    return `${JSON.stringify(values.length === 1 ? values[0] : { verdict: worst(all), databases: values }, null, 2)}\n`;
  }
  return all.map((one) => text(one, language)).join("\n");
}

export function worst(all: Looked[]): Inspection["verdict"] {
  const verdicts = all.map(({ seen }) => seen.verdict);
  if (verdicts.includes("fail")) return "fail";
  return verdicts.length === 0 || verdicts.includes("inconclusive") ? "inconclusive" : "pass";
}

const findingValue = (one: ObjectFinding, language: Language) => ({
  code: one.code,
  severity: one.severity,
  ...(one.undecided ? { undecided: true } : {}),
  object: one.path,
  ...(one.expression === undefined ? {} : { expression: one.expression }),
  reason: one.reason[language],
  remedy: one.remedy[language],
  commitments: one.commitments,
});

const asValue = ({ name, seen }: Looked, language: Language) => ({
  verdict: seen.verdict,
  database: name,
  findings: seen.findings.map((one) => findingValue(one, language)),
  excepted: seen.excepted.map(({ finding, because }) => ({ ...findingValue(finding, language), because })),
  checked: seen.checked,
  tenancy: seen.tenancy,
  roles: seen.roles,
});

function text({ name, seen }: Looked, language: Language): string {
  const words = WORDS[language];
  const sorted = [...seen.findings].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
  const lines = sorted.flatMap((one) => [
    `  ${words.level[one.undecided ? "undecided" : one.severity]}  ${one.code}${one.commitments.length > 0 ? `  ${one.commitments.join(", ")}` : ""}`,
    `    ${one.reason[language]}`,
    `    → ${one.remedy[language]}`,
  ]);
  const declared = seen.excepted.flatMap(({ finding, because }) => [
    `  ${words.excepted}  ${finding.code}  ${finding.path}`,
    `    ${because}`,
  ]);
  return `${[name, `  ${words.by(seen)}`, ...lines, ...declared, `${words.verdict[seen.verdict]}: ${words.checked(seen)}`].map(plain).join("\n")}\n`;
}

/** Names in a database may hold what moves a terminal's cursor. */
const plain = (line: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal.
  line.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");

/** A finding is about an object of a database, not about a line of a file. */
function sarif(all: Looked[], language: Language): string {
  const findings = all.flatMap(({ name, seen }) =>
    seen.findings.map((one) => ({ ...one, path: `${name}/${one.path}` })),
  );
  const checks = new Map(Object.values(DATABASE_CHECKS).map((check) => [check.code as string, check]));
  const made = JSON.parse(
    asSarif(
      { verdict: worst(all), files: [], findings, waived: [], known: 0 },
      { language, checks, version: TOOL_VERSION, lineOf: () => "" },
    ),
  );
  for (const [i, result] of made.runs[0].results.entries()) {
    result.locations = [{ logicalLocations: [{ fullyQualifiedName: findings[i]!.path, kind: "resource" }] }];
  }
  return `${JSON.stringify(made, null, 2)}\n`;
}
