import { checks } from "../../check.ts";

const COMMITMENTS = ["RF-134"];

const lock = (license: string | undefined) =>
  `${JSON.stringify(
    {
      name: "shop",
      lockfileVersion: 3,
      packages: { "": { name: "shop" }, "node_modules/pad-zero": { version: "1.0.0", license } },
    },
    null,
    2,
  )}\n`;

/** As an old npm wrote it: no package tells its licence. */
const silent = `${JSON.stringify(
  {
    name: "shop",
    lockfileVersion: 2,
    packages: Object.fromEntries(
      ["pad-zero", "pad-one", "pad-two", "pad-three"].map((name) => [
        `node_modules/${name}`,
        { version: "1.0.0" },
      ]),
    ),
  },
  null,
  2,
)}\n`;

const good = { "package-lock.json": lock("(MIT OR GPL-3.0-or-later)") };

export const LICENCE_CHECKS = checks({
  refused: {
    code: "supply/licence-refused",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A licence that is not allowed", ja: "許可されていないライセンス" },
    why: {
      en: "Some licences demand the source of everything they are built into, forbid commercial use, or grant no use at all. After the release it is too late to ask.",
      ja: "組み込んだ全体のソース公開を求めるもの、商用利用を禁じるもの、利用を一切許諾しないものがある。リリース後では遅い。",
    },
    reason: { en: "{package} is under {licence}.", ja: "{package} のライセンスは {licence} である。" },
    remedy: {
      en: "Replace the package, have the use cleared and a waiver approved, or add the licence to `supply.licences.allow`.",
      ja: "パッケージを替えるか、利用の可否を確認して免除の承認を得るか、`supply.licences.allow` に加える。",
    },
    bad: { "package-lock.json": lock("AGPL-3.0-or-later") },
    good,
  },
  weak: {
    code: "supply/licence-weak-copyleft",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "A licence with weak copyleft", ja: "弱いコピーレフトのライセンス" },
    why: {
      en: "Such a package may be used as it is; whoever changes its files owes their source.",
      ja: "そのまま使うことはできるが、ファイルを変更して配布するとソースの開示義務が生じる。",
    },
    reason: { en: "{package} is under {licence}.", ja: "{package} のライセンスは {licence} である。" },
    remedy: {
      en: "Use it unchanged, and write an allow list in `supply.licences.allow` that says whether you accept it.",
      ja: "変更せずに使い、受け入れるかどうかを `supply.licences.allow` に明記する。",
    },
    bad: { "package-lock.json": lock("MPL-2.0") },
    good,
  },
  unknown: {
    code: "supply/licence-unknown",
    severity: "warn",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "A licence that nobody has judged", ja: "判断されていないライセンス" },
    why: {
      en: "A text that is no SPDX expression may mean anything.",
      ja: "SPDXの式ではない記述は、何を意味するか決められない。",
    },
    reason: {
      en: "The licence of {package} is not known: {licence}",
      ja: "{package} のライセンスが判別できない: {licence}",
    },
    remedy: {
      en: "Read the package's licence text, then allow it by name or replace the package.",
      ja: "パッケージのライセンス文を読み、名前で許可するかパッケージを替える。",
    },
    bad: { "package-lock.json": lock("Acme Internal 7") },
    good,
  },
  elsewhere: {
    code: "supply/licence-elsewhere",
    severity: "warn",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "A licence that stands in a file", ja: "ファイルに書かれたライセンス" },
    why: {
      en: "Its terms are the author's own; only a person can judge them.",
      ja: "条件は作者独自のもので、人が読まなければ判断できない。",
    },
    reason: { en: "{package} says: {licence}", ja: "{package} の記載: {licence}" },
    remedy: {
      en: "Read that file, then allow exactly this text in `supply.licences.allow` or replace the package.",
      ja: "そのファイルを読み、この記載そのものを `supply.licences.allow` で許可するかパッケージを替える。",
    },
    bad: { "package-lock.json": lock("SEE LICENSE IN LICENSE.md") },
    good,
  },
  missing: {
    code: "supply/licence-missing",
    severity: "warn",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "A package that states no licence", ja: "ライセンスの記載がないパッケージ" },
    why: {
      en: "Without a licence there is no right to use it; often the text is only missing from the metadata.",
      ja: "ライセンスがなければ利用の権利もない。ただしメタデータにだけ記載がないことも多い。",
    },
    reason: { en: "{package} states no licence.", ja: "{package} にライセンスの記載がない。" },
    remedy: {
      en: "Look into the package's folder and its home page; replace the package when there is none.",
      ja: "パッケージのフォルダーと配布元を確認し、なければパッケージを替える。",
    },
    bad: { "package-lock.json": lock(undefined) },
    good,
  },
  untold: {
    code: "supply/licences-untold",
    severity: "warn",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "A lockfile that does not tell the licences", ja: "ライセンスを記さないロックファイル" },
    why: {
      en: "Older versions of npm leave the licences out of the lockfile; the installed packages have them.",
      ja: "古い npm はロックファイルにライセンスを書かない。インストール済みのパッケージには書かれている。",
    },
    reason: {
      en: "{count} packages have no licence in this file and are not installed beside it: {names}",
      ja: "{count} 個のパッケージのライセンスがこのファイルになく、隣にインストールもされていない: {names}",
    },
    remedy: {
      en: "Run `npm ci --ignore-scripts` before this check, or check an SBOM that has the licences.",
      ja: "この検査の前に `npm ci --ignore-scripts` を実行するか、ライセンスを含むSBOMを検査する。",
    },
    bad: { "package-lock.json": silent },
    good,
  },
  unreadable: {
    code: "supply/licences-unreadable",
    severity: "warn",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "A list of packages that cannot be read", ja: "読み取れないパッケージ一覧" },
    why: {
      en: "Licences that could not be read have not been checked.",
      ja: "読み取れなかったライセンスは確認されていない。",
    },
    reason: {
      en: "The file is no package-lock.json, CycloneDX SBOM or package.json.",
      ja: "package-lock.json、CycloneDXのSBOM、package.jsonのいずれでもない。",
    },
    remedy: { en: "Give one of these.", ja: "いずれかを渡す。" },
    bad: { "package-lock.json": "[" },
    good,
  },
});
