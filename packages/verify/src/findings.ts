// What a verification can find, and in which words it says so.

export type Verdict = "valid" | "invalid" | "diverged" | "incomplete" | "unreadable";
export type Language = "en" | "ja";

/** The later one outranks the earlier ones when several things are found. */
export const PRECEDENCE: readonly Verdict[] = ["valid", "incomplete", "diverged", "invalid", "unreadable"];
export const EXIT: Record<Verdict, number> = {
  valid: 0,
  invalid: 1,
  diverged: 2,
  incomplete: 3,
  unreadable: 4,
};

export type Finding = {
  code: keyof typeof CODES;
  class?: string;
  /** The sequence of the leaf; for a size of a tree, `size`. */
  seq?: number;
  size?: number;
  line?: number;
  detail?: string;
  /** Both signed heads, whole, when a tree has diverged from an anchor. */
  heads?: { bundle: string; anchor: string };
};

type Words = { verdict: Verdict; en: (finding: Finding) => string; ja: (finding: Finding) => string };

const why = ({ detail }: Finding) => (detail === undefined ? "" : ` (${detail})`);
const words = (verdict: Verdict, en: Words["en"], ja: Words["ja"]): Words => ({ verdict, en, ja });

const CODES = {
  unreadable: words(
    "unreadable",
    (f) => `it cannot be read${why(f)}`,
    (f) => `読み取れません${why(f)}`,
  ),
  line: words(
    "invalid",
    (f) => `line ${f.line} is not what belongs there${why(f)}`,
    (f) => `${f.line} 行目が、そこにあるべき内容ではありません${why(f)}`,
  ),
  digest: words(
    "invalid",
    () => "the bytes are not those that the last line's digest was made of",
    () => "最終行のダイジェストが、それより前の内容と一致しません",
  ),
  header: words(
    "invalid",
    (f) => `the header contradicts itself${why(f)}`,
    (f) => `ヘッダーに矛盾があります${why(f)}`,
  ),
  checkpoint: words(
    "invalid",
    (f) => `the checkpoint does not belong to this section${why(f)}`,
    (f) => `チェックポイントがこの区分のものではありません${why(f)}`,
  ),
  signature: words(
    "invalid",
    (f) => `a signature cannot be accepted${why(f)}`,
    (f) => `署名を受け入れられません${why(f)}`,
  ),
  key: words(
    "invalid",
    () => "it is signed by a key to which no certificate leads from the pinned key",
    () => "固定した鍵から証明書でたどれない鍵で署名されています",
  ),
  root: words(
    "invalid",
    (f) => `the entries do not give the root that was signed${why(f)}`,
    (f) => `記録から計算した根が、署名された根と一致しません${why(f)}`,
  ),
  proof: words(
    "invalid",
    (f) => `the proof beside the anchor of size ${f.size} is wrong`,
    (f) => `サイズ ${f.size} のアンカーに添えられた証明が誤っています`,
  ),
  altered: words(
    "invalid",
    () => "this entry is not the one that was sealed",
    () => "この記録は、封印された内容と異なります",
  ),
  leaf: words(
    "invalid",
    (f) => `this entry is not an audit event of this place${why(f)}`,
    (f) => `この記録は、この位置の監査イベントではありません${why(f)}`,
  ),
  reveal: words(
    "invalid",
    (f) => `a personal value shown with this entry is not proven${why(f)}`,
    (f) => `この記録に添えられた個人情報の値を証明できません${why(f)}`,
  ),
  diverged: words(
    "diverged",
    (f) => `at size ${f.size} the tree is another one than was anchored${why(f)}`,
    (f) => `サイズ ${f.size} の時点で、木がアンカーと異なります${why(f)}`,
  ),
  truncated: words(
    "incomplete",
    (f) => `the bundle ends in the middle${why(f)}`,
    (f) => `バンドルが途中で終わっています${why(f)}`,
  ),
  "no-sections": words(
    "incomplete",
    () => "the bundle has no section, so it shows nothing",
    () => "バンドルに区分がなく、何も示していません",
  ),
  "section-missing": words(
    "incomplete",
    () => "the section is missing",
    () => "この区分がありません",
  ),
  "entries-missing": words(
    "incomplete",
    (f) => `entries are missing from here on${why(f)}`,
    (f) => `ここから先の記録がありません${why(f)}`,
  ),
  "anchor-beyond": words(
    "incomplete",
    (f) => `the bundle ends at ${f.detail}, before the anchor of size ${f.size}`,
    (f) => `バンドルは ${f.detail} で終わり、サイズ ${f.size} のアンカーに届きません`,
  ),
  "anchor-unlinked": words(
    "incomplete",
    (f) => `nothing in the bundle leads to the anchor of size ${f.size}`,
    (f) => `サイズ ${f.size} のアンカーにつながる情報がバンドルにありません`,
  ),
  "anchor-unreadable": words(
    "incomplete",
    (f) => `an anchor cannot be read${why(f)}`,
    (f) => `アンカーを読み取れません${why(f)}`,
  ),
  "no-anchor-fits": words(
    "incomplete",
    () => "none of the anchors given is of a tree of this bundle",
    () => "指定されたアンカーの中に、このバンドルの木のものがありません",
  ),
} satisfies Record<string, Words>;

export const verdictOf = ({ code }: Finding): Verdict => CODES[code].verdict;
export const reasonOf = (finding: Finding, language: Language): string =>
  CODES[finding.code][language](finding);

const REMEDY: Record<Exclude<Verdict, "valid">, Record<Language, string>> = {
  unreadable: {
    en: "Check the path and that the file is a bundle written by `toban audit export`.",
    ja: "パスと、`toban audit export` が書き出したファイルであることを確認してください。",
  },
  invalid: {
    en: "Do not rely on this bundle. Keep it, and export again to learn whether the copy or the log was altered.",
    ja: "このバンドルを信用しないでください。保管したうえで、もう一度エクスポートし、写しと元の記録のどちらが変わったかを確かめてください。",
  },
  diverged: {
    en: "Keep both signed heads: together they prove that the log was rewritten after it was anchored.",
    ja: "署名された二つのヘッドを保管してください。アンカーの後に記録が書き換えられたことの証拠です。",
  },
  incomplete: {
    en: "Ask for a new, whole export, and verify it with the same anchors.",
    ja: "完全なエクスポートを改めて入手し、同じアンカーで検証してください。",
  },
};

export const remedyOf = (finding: Finding, language: Language): string => {
  const verdict = verdictOf(finding);
  return verdict === "valid" ? "" : REMEDY[verdict][language];
};

const KEPT = 100;

/** Collects what is found; keeps the first ones whole and counts the rest. */
export class Findings {
  readonly kept: Finding[] = [];
  total = 0;
  verdict: Verdict = "valid";

  add(finding: Finding): void {
    const verdict = verdictOf(finding);
    if (PRECEDENCE.indexOf(verdict) > PRECEDENCE.indexOf(this.verdict)) this.verdict = verdict;
    this.total++;
    // Heads are evidence: they are kept however many findings came before.
    if (this.kept.length < KEPT || finding.heads !== undefined) this.kept.push(finding);
  }
}
