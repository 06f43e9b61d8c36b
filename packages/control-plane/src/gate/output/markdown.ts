import type { Finding } from "../finding.ts";
import type { Report } from "../report.ts";
import type { Language } from "./text.ts";

/** By this mark a pull request's comment is found again and replaced, not repeated. */
const MARK = "<!-- toban check -->";

/** GitHub refuses comments over 65,536 characters. */
const LONGEST = 60_000;

const WORDS = {
  en: {
    verdict: { pass: "✅ pass", fail: "❌ fail", inconclusive: "❔ inconclusive" },
    head: "| | place | finding | commitments |",
    rest: (n: number) => `… and ${n} more; see the whole report.`,
    waived: "Waived",
    until: "until",
    files: (n: number) => `${n} files`,
  },
  ja: {
    verdict: { pass: "✅ 合格", fail: "❌ 不合格", inconclusive: "❔ 判定不能" },
    head: "| | 場所 | 指摘 | 約束 |",
    rest: (n: number) => `… ほか ${n} 件。全体の報告を参照。`,
    waived: "例外",
    until: "期限",
    files: (n: number) => `${n} ファイル`,
  },
};

/** For a pull request's comment. */
export function asMarkdown(report: Report, language: Language): string {
  const words = WORDS[language];
  const lines = [
    MARK,
    `### toban check: ${words.verdict[report.verdict]}`,
    "",
    words.files(report.files.length),
  ];
  if (report.findings.length > 0) lines.push("", words.head, "|---|---|---|---|");
  let size = lines.join("\n").length;
  let shown = 0;
  for (const finding of report.findings) {
    const row = rowOf(finding, language);
    size += row.length + 1;
    if (size > LONGEST) break;
    lines.push(row);
    shown += 1;
  }
  if (shown < report.findings.length) lines.push("", words.rest(report.findings.length - shown));
  if (report.waived.length > 0) {
    lines.push("", `<details><summary>${words.waived}: ${report.waived.length}</summary>`, "");
    for (const { waiver, code, path, line } of report.waived.slice(0, 50)) {
      lines.push(
        `- ${plain(waiver.id)}: ${code} \`${path}:${line}\`, ${words.until} ${waiver.until}. ${plain(waiver.reason)}`,
      );
    }
    lines.push("", "</details>");
  }
  return `${lines.join("\n")}\n`;
}

function rowOf(finding: Finding, language: Language): string {
  const sign = finding.undecided ? "❔" : { block: "❌", warn: "⚠️", info: "ℹ️" }[finding.severity];
  const what = `**${finding.code}** ${plain(finding.reason[language])}<br>→ ${plain(finding.remedy[language])}`;
  return `| ${sign} | \`${finding.path.replaceAll("|", "\\|")}:${finding.line}\` | ${what} | ${finding.commitments.join(", ")} |`;
}

const plain = (text: string): string =>
  text
    .replace(/[\\`*_[\]|]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/\s+/g, " ");
