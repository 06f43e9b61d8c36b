// The report as a person reads it.
import {
  EXIT,
  type Finding,
  type Language,
  reasonOf,
  remedyOf,
  type Verdict,
  verdictOf,
} from "./findings.ts";
import type { NotChecked, Report } from "./verify.ts";

const VERDICT: Record<Verdict, Record<Language, string>> = {
  valid: { en: "VALID", ja: "有効" },
  invalid: { en: "INVALID", ja: "無効" },
  diverged: { en: "DIVERGED", ja: "分岐" },
  incomplete: { en: "INCOMPLETE", ja: "不完全" },
  unreadable: { en: "UNREADABLE", ja: "読み取り不能" },
};

export function reportText(report: Report, language: Language): string {
  const lines = [`${VERDICT[report.verdict][language]} (${EXIT[report.verdict]})`];
  if (report.header) lines.push(...headerLines(report, report.header, language));
  if (report.findings.length > 0) lines.push("", language === "ja" ? "問題:" : "Found:");
  for (const finding of report.findings)
    lines.push(...findingLines(finding, report.header?.tenant, language));
  const more = report.findingsTotal - report.findings.length;
  if (more > 0) lines.push(language === "ja" ? `  ほか ${more} 件` : `  and ${more} more`);
  if (report.notChecked.length > 0) {
    lines.push("", language === "ja" ? "確認していないこと:" : "Not checked:");
    for (const note of report.notChecked) lines.push(`  - ${notCheckedText(note, language)}`);
  }
  return `${lines.join("\n")}\n`;
}

function headerLines(report: Report, header: NonNullable<Report["header"]>, language: Language): string[] {
  const ja = language === "ja";
  const { installation, tenant, exportedAt } = header;
  const title = ja
    ? `テナント ${tenant}(${installation}、${exportedAt} にエクスポート)、${report.bytes} バイト`
    : `tenant ${tenant} of ${installation}, exported ${exportedAt}, ${report.bytes} bytes`;
  const sections = report.sections.map((section) => {
    const { start, end, size, entries, reveals, anchors } = section;
    const anchored = anchors.embedded + anchors.given;
    return ja
      ? `  ${section.class}: 記録 ${entries} 件 [${start}, ${end})、木のサイズ ${size}、封印 ${section.sealedAt ?? "-"}、アンカー ${anchors.linked}/${anchored}、個人情報の値 ${reveals} 件`
      : `  ${section.class}: ${entries} entries [${start}, ${end}) of a tree of ${size}, sealed ${section.sealedAt ?? "-"}, anchors ${anchors.linked}/${anchored}, personal values ${reveals}`;
  });
  const signers = [...new Set(report.sections.flatMap(({ signedBy }) => signedBy))];
  const trust =
    report.keys.pinned.length > 0
      ? ja
        ? "固定した鍵からたどれる鍵"
        : "reached from a pinned key"
      : ja
        ? "バンドル自身が持つ鍵"
        : "from the bundle itself";
  const keys = signers.map((key) => (ja ? `  署名した鍵 ${key}(${trust})` : `  signed by ${key} (${trust})`));
  return [title, ...sections, ...keys];
}

function findingLines(finding: Finding, tenant: string | undefined, language: Language): string[] {
  const place = [tenant, finding.class, finding.seq]
    .filter((part) => part !== undefined && part !== "")
    .join("/");
  const lines = [
    `  ${VERDICT[verdictOf(finding)][language]} ${finding.code}${place && ` ${place}`}: ${reasonOf(finding, language)}`,
    `    → ${remedyOf(finding, language)}`,
  ];
  if (finding.heads)
    lines.push(...quote("bundle", finding.heads.bundle), ...quote("anchor", finding.heads.anchor));
  return lines;
}

const quote = (title: string, note: string) => [
  `    ${title}:`,
  ...note
    .trimEnd()
    .split("\n")
    .map((line) => `      ${line}`),
];

/** One sentence about what the verdict does not cover. */
export function notCheckedText(note: NotChecked, language: Language): string {
  const ja = language === "ja";
  switch (note.code) {
    case "no-key":
      return ja
        ? "鍵が固定されていません(--key)。バンドルを作った者が鍵も作れます。"
        : "No key was pinned (--key): who made the bundle could have made its keys.";
    case "no-anchors":
      return ja
        ? "アンカーが指定されていません(--anchors)。鍵を持つ者が履歴を書き換えていても分かりません。"
        : "No anchors were given (--anchors): a history rewritten by the keeper of the key would not show.";
    case "excerpt":
      return ja
        ? "エクスポート元は、これを抜粋としています。ほかの区分や記録があり得ます。"
        : "The exporter calls this an excerpt: there may be further sections and entries.";
    case "absent-classes":
      return ja
        ? `区分 ${note.classes.join("、")} は含まれていません。`
        : `The bundle has no section for ${note.classes.join(", ")}.`;
    case "pruned":
      return ja
        ? `${note.class}: 先頭の ${note.entries} 件は保存期間を過ぎて削除済みとされ、ハッシュだけがあります。`
        : `${note.class}: the first ${note.entries} entries are said to be pruned; only their hashes are here.`;
    case "before":
      return ja
        ? `${note.class}: 範囲より前の ${note.entries} 件の内容は含まれていません。`
        : `${note.class}: the content of ${note.entries} entries before the range is not here.`;
    case "after":
      return ja
        ? `${note.class}: 範囲より後の ${note.entries} 件の内容は含まれていません。`
        : `${note.class}: the content of ${note.entries} entries after the range is not here.`;
    case "no-anchor-here":
      return ja
        ? `${note.class}: 指定されたアンカーの中に、この区分のものがありません。`
        : `${note.class}: none of the anchors given is of this class.`;
    case "other-anchors":
      return ja
        ? `ほかのテナントやインストールのアンカー ${note.count} 件は使っていません。`
        : `${note.count} anchors of other tenants or installations were not used.`;
    case "torn-anchors":
      return ja
        ? `アンカーのファイルに、書き込み途中で終わった行が ${note.count} 行あります。`
        : `${note.count} lines of the anchors' files were not written to their end.`;
    case "unknown-key-anchors":
      return ja
        ? `一致したアンカーのうち ${note.count} 件は、知らない鍵で署名されています。`
        : `${note.count} of the anchors that agree are signed by keys not known here.`;
  }
}

/** The report as data: findings with their words and remedies, hashes as text. */
export function reportJson(report: Report, language: Language): object {
  return {
    ...report,
    exit: EXIT[report.verdict],
    findings: report.findings.map((finding) => ({
      ...finding,
      verdict: verdictOf(finding),
      ...(report.header && { tenant: report.header.tenant }),
      reason: reasonOf(finding, language),
      remedy: remedyOf(finding, language),
    })),
    notChecked: report.notChecked.map((note) => ({ ...note, reason: notCheckedText(note, language) })),
  };
}
