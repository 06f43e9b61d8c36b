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
    files: (n: number) => `${n} ${n === 1 ? "file" : "files"}`,
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

/** For a pull request's comment: what blocks comes first, for it must not be cut off. */
export function asMarkdown(report: Report, language: Language): string {
  const words = WORDS[language];
  const findings = [...report.findings].sort((a, b) => rank(a) - rank(b));
  const waived = report.waived.slice(0, 50).map(({ waiver, code, path, line }) => {
    const reason = plain(cut(waiver.reason, 200));
    return `- ${plain(cut(waiver.id, 100))}: ${code} ${inCode(`${path}:${line}`)}, ${words.until} ${waiver.until}. ${reason}`;
  });
  const tail =
    waived.length === 0
      ? []
      : [
          "",
          `<details><summary>${words.waived}: ${report.waived.length}</summary>`,
          "",
          ...waived,
          "",
          "</details>",
        ];
  const lines = [
    MARK,
    `### toban check: ${words.verdict[report.verdict]}`,
    "",
    words.files(report.files.length),
  ];
  if (findings.length > 0) lines.push("", words.head, "|---|---|---|---|");
  let size = [...lines, ...tail].join("\n").length;
  let shown = 0;
  for (const finding of findings) {
    const row = rowOf(finding, language);
    size += row.length + 1;
    if (size > LONGEST) break;
    lines.push(row);
    shown += 1;
  }
  if (shown < findings.length) lines.push("", words.rest(findings.length - shown));
  return `${[...lines, ...tail].join("\n")}\n`;
}

const rank = ({ severity, undecided }: Finding): number =>
  undecided ? 1 : { block: 0, warn: 2, info: 3 }[severity];

function rowOf(finding: Finding, language: Language): string {
  const sign = finding.undecided ? "❔" : { block: "❌", warn: "⚠️", info: "ℹ️" }[finding.severity];
  const [reason, remedy] = [finding.reason[language], finding.remedy[language]].map((text) =>
    plain(cut(text, 2000)),
  );
  const place = inCode(`${finding.path}:${finding.line}`);
  return `| ${sign} | ${place} | **${finding.code}** ${reason}<br>→ ${remedy} | ${finding.commitments.join(", ")} |`;
}

const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)} …` : text;

/** A path as code, whatever stands in it; a `|` would end the cell. */
function inCode(text: string): string {
  const line = text
    .replace(/\s+/g, " ")
    .replace(/\p{Cc}/gu, "\ufffd")
    .replaceAll("|", "\\|");
  return line.includes("`") ? `\`\` ${line} \`\`` : `\`${line}\``;
}

/** As it stands, and without calling anyone: `@types/node` would tell the user "types". */
const plain = (text: string): string =>
  text
    .replace(/[\\`*_[\]|]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/@(?=\w)/g, "@\u200b")
    .replace(/\s+/g, " ");
