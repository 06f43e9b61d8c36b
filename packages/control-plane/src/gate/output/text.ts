import { displayWidth } from "../../platform/text-width.ts";
import type { Text } from "../check.ts";
import type { Finding } from "../finding.ts";
import type { Report } from "../report.ts";

export type Language = keyof Text;

export type TextOptions = {
  language: Language;
  colour: boolean;
  /** The line a finding is in, already masked; undefined where there is none to show. */
  frameOf(finding: Finding): string | undefined;
};

const WORDS = {
  en: {
    block: "block",
    warn: "warn",
    info: "info",
    undecided: "undecided",
    waived: (n: number) => `${n} waived`,
    known: (n: number) => `${n} known from the baseline`,
    verdict: { pass: "pass", fail: "fail", inconclusive: "inconclusive" },
    sum: (files: number, failed: number, open: number) =>
      `${files} ${files === 1 ? "file" : "files"}, ${failed} failed, ${open} inconclusive`,
    explain: "More about one: toban check --explain CODE",
  },
  ja: {
    block: "不可",
    warn: "注意",
    info: "情報",
    undecided: "判定不能",
    waived: (n: number) => `例外 ${n} 件`,
    known: (n: number) => `ベースラインにある ${n} 件`,
    verdict: { pass: "合格", fail: "不合格", inconclusive: "判定不能" },
    sum: (files: number, failed: number, open: number) =>
      `${files} ファイル、不合格 ${failed}、判定不能 ${open}`,
    explain: "詳しくは: toban check --explain コード",
  },
};

const CODES = { red: 31, yellow: 33, green: 32, blue: 34, grey: 90, bold: 1 };
type Colour = keyof typeof CODES;

/** For people at a terminal: findings by file with the line they are in, and a last line that sums up. */
export function asText(report: Report, options: TextOptions): string {
  const words = WORDS[options.language];
  const paint = (colour: Colour, text: string) =>
    options.colour ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
  const lines: string[] = [];
  let shownPath = "";
  for (const finding of report.findings) {
    if (finding.path !== shownPath) {
      shownPath = finding.path;
      lines.push("", paint("bold", plain(shownPath)));
    }
    const level = finding.undecided ? "undecided" : finding.severity;
    const colour = ({ block: "red", undecided: "yellow", warn: "yellow", info: "blue" } as const)[level];
    const ids = finding.commitments.length > 0 ? paint("grey", `  ${finding.commitments.join(", ")}`) : "";
    lines.push(
      `  ${finding.line}:${finding.column}  ${paint(colour, words[level])}  ${finding.code}${ids}`,
      `    ${plain(finding.reason[options.language])}`,
      `    → ${plain(finding.remedy[options.language])}`,
      ...frame(finding, options, paint),
    );
  }
  const count = (level: Finding["severity"]) =>
    report.findings.filter(({ severity, undecided }) => severity === level && !undecided).length;
  const verdicts = report.files.map(({ verdict }) => verdict);
  const parts = [
    words.sum(
      report.files.length,
      verdicts.filter((v) => v === "fail").length,
      verdicts.filter((v) => v === "inconclusive").length,
    ),
    `${words.block} ${count("block")}, ${words.warn} ${count("warn")}, ${words.info} ${count("info")}`,
    ...(report.waived.length > 0 ? [words.waived(report.waived.length)] : []),
    ...(report.known > 0 ? [words.known(report.known)] : []),
  ];
  const verdictColour = ({ pass: "green", fail: "red", inconclusive: "yellow" } as const)[report.verdict];
  if (lines.length > 0) lines.push("");
  lines.push(`${paint(verdictColour, words.verdict[report.verdict])}: ${parts.join("; ")}`);
  if (report.findings.length > 0) lines.push(paint("grey", words.explain));
  return `${lines.join("\n").replace(/^\n/, "")}\n`;
}

function frame(
  finding: Finding,
  options: TextOptions,
  paint: (colour: Colour, text: string) => string,
): string[] {
  const line = options.frameOf(finding);
  if (!line?.trim()) return [];
  // A long line is cut around the place, so that the mark stays in sight.
  const from = Math.max(0, finding.column - 60);
  const cut = plain(line.slice(from, from + 100).replaceAll("\t", " "));
  const gutter = String(finding.line);
  const sameLine = finding.endLine === finding.line && finding.endColumn !== undefined;
  const length = sameLine ? finding.endColumn! - finding.column : 1;
  const mark = "^".repeat(Math.max(1, Math.min(length, cut.length - (finding.column - 1 - from))));
  const indent = " ".repeat(displayWidth(cut.slice(0, Math.max(0, finding.column - 1 - from))));
  return [
    paint("grey", `    ${gutter} │ `) + cut,
    paint("grey", `    ${" ".repeat(gutter.length)} │ `) + indent + paint("red", mark),
  ];
}

/** What could move the cursor, change colours or turn the direction of a terminal's text is shown as a mark. */
const plain = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal.
  text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
