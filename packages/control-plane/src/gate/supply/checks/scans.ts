import { checks } from "../../check.ts";
import { grypeExample, ledgerExample, npmExample, trivyExample } from "./examples.ts";

const SCAN = ["RF-056", "RF-145", "GL-036"];
const LEDGER = "toban.vulnerabilities.json";
const GOOD = { "audit.json": npmExample("none") };
const LOOKED = [{ Target: "package-lock.json", Class: "lang-pkgs", Type: "npm" }];

export const SCAN_CHECKS = checks({
  suppressed: {
    code: "supply/vulnerability-suppressed",
    severity: "block",
    commitments: ["RF-056", "RF-061", "GL-107"],
    title: {
      en: "A scanner was told to hide a Critical or High vulnerability",
      ja: "CriticalまたはHighの脆弱性がスキャナーの設定で隠されている",
    },
    why: {
      en: "An ignore file has no end date and no second pair of eyes. A waiver has both and is shown as an accepted risk.",
      ja: "無視設定には終了日も第三者の確認もない。免除にはその両方があり、受容したリスクとして表示される。",
    },
    reason: {
      en: "{id} in {package} ({level}) is in the report only as ignored.",
      ja: "{package} の {id}({level})が、無視された項目としてだけ報告されている。",
    },
    remedy: {
      en: "Update {package}{fix}, or take it off the scanner's ignore list and have a waiver approved.",
      ja: "{package} を更新する{fix}か、スキャナーの無視設定から外して免除の承認を得る。",
    },
    bad: { "grype.json": grypeExample("2026-11-23T01:00:00Z", true) },
    good: { "grype.json": grypeExample("2026-11-23T01:00:00Z", false) },
  },
  missing: {
    code: "supply/scan-missing",
    severity: "warn",
    undecided: true,
    commitments: SCAN,
    title: { en: "No vulnerability report", ja: "脆弱性レポートがない" },
    why: {
      en: "Without a scan nobody knows whether the release is safe; a missing report is never a pass.",
      ja: "スキャンがなければリリースの安全性は分からない。レポートがないことは合格ではない。",
    },
    reason: { en: "{path} could not be read.", ja: "{path} を読み取れない。" },
    remedy: {
      en: "Run the scanner and give its JSON report, for example `npm audit --json > audit.json`.",
      ja: "スキャナーを実行し、JSONのレポートを渡す。例: `npm audit --json > audit.json`",
    },
    bad: { [LEDGER]: ledgerExample("2026-11-20T09:00:00Z", "high") },
    good: GOOD,
  },
  unreadable: {
    code: "supply/scan-unreadable",
    severity: "warn",
    undecided: true,
    commitments: SCAN,
    title: {
      en: "A vulnerability report that is empty or cut off",
      ja: "空または途中で切れた脆弱性レポート",
    },
    why: {
      en: "A scanner that died leaves half a file. What it did not write is not known to be safe.",
      ja: "途中で終了したスキャナーは不完全なファイルを残す。書かれていない部分が安全とは言えない。",
    },
    reason: { en: "The report is {detail} that cannot be parsed.", ja: "レポートを解析できない({detail})。" },
    remedy: {
      en: "Run the scan again and keep only its standard output in the file.",
      ja: "スキャンをやり直し、標準出力だけをファイルに保存する。",
    },
    bad: { "audit.json": npmExample("high").slice(0, 200) },
    good: GOOD,
  },
  unknown: {
    code: "supply/scan-unknown-format",
    severity: "warn",
    undecided: true,
    commitments: SCAN,
    title: { en: "A report in a format that is not known", ja: "形式の分からないレポート" },
    why: {
      en: "What cannot be read as a scan cannot prove that anything was scanned.",
      ja: "スキャン結果として読めないものは、スキャンしたことの証拠にならない。",
    },
    reason: {
      en: "The file is no report of npm audit, OSV-Scanner, Trivy or Grype.",
      ja: "npm audit、OSV-Scanner、Trivy、Grypeのいずれのレポートでもない。",
    },
    remedy: {
      en: "Give the scanner's own JSON report, not a summary made from it.",
      ja: "要約ではなく、スキャナー自身のJSONレポートを渡す。",
    },
    bad: { "audit.json": '{ "ok": true, "vulnerable": 0 }\n' },
    good: GOOD,
  },
  unreachable: {
    code: "supply/scan-unreachable",
    severity: "warn",
    undecided: true,
    commitments: SCAN,
    title: { en: "The audit service was unreachable", ja: "監査サービスに接続できなかった" },
    why: {
      en: "An audit that never reached its database has found nothing because it looked at nothing.",
      ja: "データベースに届かなかった監査は、何も調べていないから何も見つけていないだけである。",
    },
    reason: { en: "The scan says: {detail}", ja: "スキャンの出力: {detail}" },
    remedy: {
      en: "Run the audit again where the registry can be reached; retry later when the service is down.",
      ja: "レジストリに届く環境で監査をやり直す。サービス停止中は時間を置いて再実行する。",
    },
    bad: {
      "audit.json":
        '{ "error": { "code": "ENOTFOUND", "summary": "getaddrinfo ENOTFOUND registry.npmjs.org", "detail": "" } }\n',
    },
    good: GOOD,
  },
  failed: {
    code: "supply/scan-failed",
    severity: "warn",
    undecided: true,
    commitments: SCAN,
    title: { en: "A scan that says it failed", ja: "失敗したと報告しているスキャン" },
    why: {
      en: "A failed scan proves nothing, whatever else its report holds.",
      ja: "失敗したスキャンは、レポートに何が書かれていても証拠にならない。",
    },
    reason: { en: "The scan failed: {detail}", ja: "スキャンが失敗した: {detail}" },
    remedy: {
      en: "Mend what the scan complains of and run it again.",
      ja: "スキャンが指摘する問題を直し、再実行する。",
    },
    bad: {
      "audit.json":
        '{ "error": { "code": "ENOLOCK", "summary": "This command requires an existing lockfile.", "detail": "" } }\n',
    },
    good: GOOD,
  },
  incomplete: {
    code: "supply/scan-incomplete",
    severity: "warn",
    undecided: true,
    commitments: SCAN,
    title: { en: "A report that lacks something it must have", ja: "必要な内容が欠けたレポート" },
    why: {
      en: "Totals that do not match the entries, or entries without a package or an id, mean that the report was cut or edited.",
      ja: "集計と明細が合わない、あるいはパッケージ名やIDがない項目があるレポートは、切り詰めや改変の疑いがある。",
    },
    reason: {
      en: "The report does not hold together at: {detail}",
      ja: "レポートに整合しない箇所がある: {detail}",
    },
    remedy: {
      en: "Run the scan again and keep its report as it is.",
      ja: "スキャンをやり直し、レポートをそのまま保存する。",
    },
    bad: { "audit.json": npmExample("none").replace('"critical": 0', '"critical": 2') },
    good: GOOD,
  },
  nothing: {
    code: "supply/scan-looked-at-nothing",
    severity: "warn",
    undecided: true,
    commitments: SCAN,
    title: { en: "A scan that looked at nothing", ja: "何も調べていないスキャン" },
    why: {
      en: "A scanner that recognises no package reports no vulnerability either. That looks like a clean result and is none.",
      ja: "パッケージを一つも認識しなかったスキャナーは脆弱性も報告しない。問題なしに見えるが、そうではない。",
    },
    reason: {
      en: "The scan of {detail} lists nothing that it looked at.",
      ja: "{detail} のスキャンに、調べた対象が一つもない。",
    },
    remedy: {
      en: "Point the scanner at the image or the folder with the lockfile, with the vulnerability scanner switched on.",
      ja: "脆弱性スキャンを有効にし、イメージまたはロックファイルのあるフォルダーを対象にする。",
    },
    bad: { "trivy.json": trivyExample({ Results: [] }) },
    good: { "trivy.json": trivyExample({ Results: LOOKED }) },
  },
  stale: {
    code: "supply/scan-stale",
    severity: "warn",
    undecided: true,
    commitments: SCAN,
    title: { en: "A report that is too old", ja: "古すぎるレポート" },
    why: {
      en: "New vulnerabilities are published every day. Yesterday's clean scan says nothing about today.",
      ja: "脆弱性は毎日公表される。昨日の問題なしは、今日の問題なしを意味しない。",
    },
    reason: {
      en: "The scan is of {at}; at most {hours} hours are allowed.",
      ja: "スキャンの時刻は {at} で、許される {hours} 時間を超えているか、未来の時刻である。",
    },
    remedy: { en: "Scan again before the release.", ja: "リリース前にスキャンをやり直す。" },
    bad: { "trivy.json": trivyExample({ CreatedAt: "2026-11-22T08:59:00Z", Results: LOOKED }) },
    good: { "trivy.json": trivyExample({ CreatedAt: "2026-11-22T09:00:00Z", Results: LOOKED }) },
  },
  database: {
    code: "supply/scan-database-stale",
    severity: "warn",
    undecided: true,
    commitments: SCAN,
    title: { en: "A scan with an old vulnerability database", ja: "古い脆弱性データベースによるスキャン" },
    why: {
      en: "A fresh scan with an old database cannot find what has been published since.",
      ja: "新しいスキャンでも、データベースが古ければその後に公表された脆弱性は見つからない。",
    },
    reason: {
      en: "The scanner's database was built at {detail}.",
      ja: "スキャナーのデータベースは {detail} に作られた。",
    },
    remedy: {
      en: "Update the database (`grype db update`) and scan again.",
      ja: "データベースを更新し(`grype db update`)、スキャンをやり直す。",
    },
    bad: { "grype.json": grypeExample("2026-11-01T01:00:00Z", false) },
    good: { "grype.json": grypeExample("2026-11-22T01:00:00Z", false) },
  },
  endOfLife: {
    code: "supply/base-end-of-life",
    severity: "warn",
    commitments: ["RF-056", "GL-036"],
    title: { en: "An operating system past its end of life", ja: "サポートが終了したOS" },
    why: {
      en: "Nobody publishes advisories for it any more, so its scan stays clean while holes pile up.",
      ja: "新しい勧告が出ないため、穴が増えてもスキャン結果は問題なしのままになる。",
    },
    reason: { en: "{os} is past its end of life.", ja: "{os} はサポートが終了している。" },
    remedy: {
      en: "Build on a supported release of the base image.",
      ja: "サポート中のベースイメージで作り直す。",
    },
    bad: {
      "trivy.json": trivyExample({
        Metadata: { OS: { Family: "debian", Name: "9.13", EOSL: true } },
        Results: LOOKED,
      }),
    },
    good: {
      "trivy.json": trivyExample({ Metadata: { OS: { Family: "debian", Name: "13" } }, Results: LOOKED }),
    },
  },
  ledger: {
    code: "supply/ledger-unreadable",
    severity: "warn",
    undecided: true,
    commitments: ["RF-060", "RF-061"],
    title: { en: "A ledger that cannot be believed", ja: "信用できない台帳" },
    why: {
      en: "Every due date is worked out from the ledger's history. When that is broken or edited, no due date holds.",
      ja: "期限はすべて台帳の履歴から計算する。履歴が壊れたり書き換えられたりすると、どの期限も成り立たない。",
    },
    reason: { en: "The ledger is refused at {detail}.", ja: "台帳を受け付けられない: {detail}" },
    remedy: {
      en: "Bring back the last good version from the repository, then record again.",
      ja: "リポジトリから最後の正しい版を戻し、記録し直す。",
    },
    bad: { "audit.json": npmExample("high"), [LEDGER]: ledgerExample("2027-01-01T00:00:00Z", "high") },
    good: { "audit.json": npmExample("high"), [LEDGER]: ledgerExample("2026-11-20T09:00:00Z", "high") },
  },
});
