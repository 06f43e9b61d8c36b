import { checks } from "../check.ts";

const settings = JSON.stringify({
  configuration: { coverage: { reports: ["coverage/report"], minimum: 80 } },
});
const summary = (covered: number) =>
  JSON.stringify({ total: { lines: { total: 100, covered, skipped: 0, pct: covered } } });
const report = (text: string) => ({ "toban.check.json": settings, "coverage/report": text });

export const COVERAGE_CHECKS = checks({
  coverageTooLow: {
    code: "configuration/coverage-too-low",
    severity: "block",
    commitments: ["RF-136"],
    title: { en: "Too few lines are covered by tests", ja: "テストの行カバレッジが足りない" },
    why: {
      en: "Lines that no test has run are first run by users.",
      ja: "テストが一度も通らない行は、利用者が最初に実行することになる。",
    },
    reason: {
      en: "{percent} % of the lines are covered{lines}; at least {minimum} % are due.",
      ja: "行カバレッジが {percent} %{lines} で、下限の {minimum} % に届かない。",
    },
    remedy: {
      en: "Test what is uncovered; the report names the files.",
      ja: "未実行の行をテストする。対象はレポートで分かる。",
    },
    bad: report(summary(79)),
    good: report(summary(80)),
  },
  coverageMissing: {
    code: "configuration/coverage-missing",
    severity: "block",
    undecided: true,
    commitments: ["RF-136"],
    title: { en: "The coverage report is missing", ja: "カバレッジレポートがない" },
    why: {
      en: "Without a report nothing is known of the coverage; a threshold in a configuration proves nothing.",
      ja: "レポートがなければカバレッジは分からない。設定ファイルのしきい値は証拠にならない。",
    },
    reason: { en: "{file} does not exist.", ja: "{file} がない。" },
    remedy: {
      en: "Run the tests with coverage before this check, or correct the path under `coverage.reports`.",
      ja: "この検査の前にカバレッジ付きでテストを走らせるか、`coverage.reports` のパスを直す。",
    },
    bad: { "toban.check.json": settings },
    good: report(summary(80)),
  },
  coverageUnreadable: {
    code: "configuration/coverage-unreadable",
    severity: "block",
    undecided: true,
    commitments: ["RF-136"],
    title: { en: "The coverage report cannot be read", ja: "カバレッジレポートを読めない" },
    why: {
      en: "A report that is empty or was cut off measures nothing.",
      ja: "空のレポートや途中で切れたレポートは、何も測っていない。",
    },
    reason: {
      en: "{file} states no line coverage: it is empty, cut off, or of a format that is not known.",
      ja: "{file} に行カバレッジがない（空、途切れている、または未知の形式）。",
    },
    remedy: {
      en: "Write it as Istanbul JSON, LCOV, Cobertura, JaCoCo, Clover or llvm-cov JSON, after the tests have ended.",
      ja: "テスト完了後に Istanbul JSON・LCOV・Cobertura・JaCoCo・Clover・llvm-cov JSON のいずれかで出力する。",
    },
    bad: report("TN:\nSF:src/a.ts\nDA:1,1\n"),
    good: report("TN:\nSF:src/a.ts\nDA:1,1\nend_of_record\n"),
  },
  coverageStale: {
    code: "configuration/coverage-stale",
    severity: "block",
    undecided: true,
    commitments: ["RF-136"],
    title: { en: "The coverage report is too old", ja: "カバレッジレポートが古い" },
    why: {
      en: "An old report speaks about code that is not the code of this change.",
      ja: "古いレポートは、この変更のコードについて何も語らない。",
    },
    reason: {
      en: "{file} was written at {at}; it may be at most {hours} hours old.",
      ja: "{file} の作成は {at}。許される古さは {hours} 時間まで。",
    },
    remedy: {
      en: "Run the tests with coverage again, in the same job as this check.",
      ja: "この検査と同じジョブで、カバレッジ付きのテストを走らせ直す。",
    },
    bad: report(
      '<coverage line-rate="0.9" lines-covered="9" lines-valid="10" timestamp="1700000000"></coverage>',
    ),
    good: report('<coverage line-rate="0.9" lines-covered="9" lines-valid="10"></coverage>'),
  },
});
