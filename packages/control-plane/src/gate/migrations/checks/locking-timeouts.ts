import { checks } from "../../check.ts";

const COMMITMENTS = ["GL-074", "INV-032"];
const REMEDY = {
  en: "SET lock_timeout to a few seconds before the statement, in the same transaction or session, and retry when it runs out.",
  ja: "同じトランザクションまたはセッションで、文の前に lock_timeout を数秒に設定し、時間切れなら再試行する。",
};

/** How long a migration may wait for a lock while everybody waits behind it. */
export const TIMEOUT_CHECKS = checks({
  noLockTimeout: {
    code: "migration/no-lock-timeout",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "No lock_timeout", ja: "lock_timeout がない" },
    why: {
      en: "While a statement waits for its lock behind one long query, all other queries on the table queue up behind it.",
      ja: "長いクエリ一つのためにロックを待つ間、そのテーブルへの他のクエリがすべて後ろに並ぶ。",
    },
    reason: {
      en: "The wait for {mode} on {table} has no limit, unless the role or the runner sets one.",
      ja: "{table} の {mode} ロックを待つ時間に上限がない（ロールや実行ツールが設定していない限り）。",
    },
    remedy: REMEDY,
    bad: "ALTER TABLE orders ADD COLUMN note text;\n",
    good: "SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;\n",
  },
  lockTimeoutIneffective: {
    code: "migration/lock-timeout-ineffective",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "lock_timeout is not in effect", ja: "lock_timeout が効いていない" },
    why: {
      en: "The file deals with lock_timeout, but where the lock is taken there is none: it was set to 0, set later, reset, or ended with an earlier transaction.",
      ja: "lock_timeout に触れているのに、ロックを取る時点では効いていない。0にした、後で設定した、戻した、前のトランザクションで終わった、のいずれかである。",
    },
    reason: {
      en: "The wait for {mode} on {table} has no limit here, although the file sets lock_timeout elsewhere.",
      ja: "ファイルの別の箇所で lock_timeout を設定しているが、{table} の {mode} ロックを待つ時間にはここで上限がない。",
    },
    remedy: REMEDY,
    bad: "SET lock_timeout = 0;\nALTER TABLE orders ADD COLUMN note text;\n",
    good: "SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;\n",
  },
  lockTimeoutTooLong: {
    code: "migration/lock-timeout-too-long",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "lock_timeout is too long", ja: "lock_timeout が長すぎる" },
    why: {
      en: "For as long as the statement waits, every other query on the table waits behind it.",
      ja: "文が待つ間、そのテーブルへの他のクエリもすべて後ろで待たされる。",
    },
    reason: {
      en: "{table} may stand still for {limit} ms; {longest} ms is the most.",
      ja: "{table} が {limit} ms 止まりうる。上限は {longest} ms である。",
    },
    remedy: REMEDY,
    bad: "SET lock_timeout = '10min';\nALTER TABLE orders ADD COLUMN note text;\n",
    good: "SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;\n",
  },
  setLocalWithoutTransaction: {
    code: "migration/set-local-without-transaction",
    severity: "warn",
    commitments: ["INV-032"],
    title: { en: "SET LOCAL outside a transaction", ja: "トランザクション外の SET LOCAL" },
    why: {
      en: "Outside a transaction SET LOCAL does nothing but warn.",
      ja: "トランザクションの外では、SET LOCAL は警告を出すだけで何も変えない。",
    },
    reason: { en: "SET LOCAL {name} has no effect here.", ja: "ここでは SET LOCAL {name} は効かない。" },
    remedy: {
      en: "Use SET, or put the statements into BEGIN … COMMIT.",
      ja: "SET を使うか、文を BEGIN … COMMIT で囲む。",
    },
    bad: "SET LOCAL work_mem = '256MB';\n",
    good: "BEGIN;\nSET LOCAL work_mem = '256MB';\nCOMMIT;\n",
  },
  buildMayBeCancelled: {
    code: "migration/concurrent-build-may-be-cancelled",
    severity: "warn",
    commitments: ["INV-032"],
    title: {
      en: "statement_timeout over a concurrent build",
      ja: "CONCURRENTLY での作成に statement_timeout",
    },
    why: {
      en: "A concurrent build takes as long as it takes; when it is cancelled it leaves an invalid index behind.",
      ja: "CONCURRENTLY での作成は時間がかかる。途中で打ち切られると無効なインデックスが残る。",
    },
    reason: {
      en: "statement_timeout is {limit} ms here; if the build takes longer, {index} is left invalid.",
      ja: "ここでは statement_timeout が {limit} ms である。超えると {index} が無効なまま残る。",
    },
    remedy: {
      en: "SET statement_timeout = 0 for the build; it blocks nobody.",
      ja: "作成の間は SET statement_timeout = 0 とする。誰も待たせない。",
    },
    bad: "SET statement_timeout = '5s';\nCREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);\n",
    good: "SET statement_timeout = 0;\nCREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);\n",
  },
  peakHours: {
    code: "migration/peak-hours",
    severity: "block",
    commitments: ["GL-074", "SK-125"],
    title: { en: "Long lock at peak hours", ja: "ピーク時の長いロック" },
    why: {
      en: "What would go unnoticed at night stops everybody when traffic is highest.",
      ja: "夜間なら気づかれないことでも、最も混む時間帯には全員を止める。",
    },
    reason: {
      en: "This locks {table}, and it is planned for peak hours.",
      ja: "{table} をロックする文が、ピーク時間帯に予定されている。",
    },
    remedy: {
      en: "Run it outside the peak hours set in toban.check.json.",
      ja: "toban.check.json に定めたピーク時間帯を避けて実行する。",
    },
    bad: "CREATE INDEX orders_user_id_idx ON orders (user_id);\n",
    good: "CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);\n",
  },
});
