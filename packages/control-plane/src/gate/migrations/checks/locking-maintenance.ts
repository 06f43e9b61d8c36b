import { checks } from "../../check.ts";

const COMMITMENTS = ["GL-074", "INV-032"];
const EVENTS = "CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at);\n";
const REST = "CREATE TABLE events_rest PARTITION OF events DEFAULT;\n";

/** Maintenance and partitions: what keeps whole tables locked. */
export const MAINTENANCE_CHECKS = checks({
  tableRewrite: {
    code: "migration/table-rewrite",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Statement that rewrites a whole table", ja: "テーブル全体を書き直す文" },
    why: {
      en: "The table and its indexes are written anew under ACCESS EXCLUSIVE: nobody can even read it.",
      ja: "ACCESS EXCLUSIVEロックの下でテーブルとインデックスが書き直され、読み取りすらできない。",
    },
    reason: {
      en: "{what} rewrites {table} while nobody can use it.",
      ja: "{what} により {table} が書き直され、その間誰も使えない。",
    },
    remedy: {
      en: "Do it online (pg_repack, pg_squeeze), or move rows into a new table in batches.",
      ja: "オンラインで行う（pg_repack、pg_squeeze）か、新しいテーブルへ小分けに移す。",
    },
    bad: "VACUUM FULL orders;\n",
    good: "VACUUM (ANALYZE) orders;\n",
  },
  attachScans: {
    code: "migration/attach-partition-scans",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Partition attached without a proof", ja: "裏付けのないパーティション接続" },
    why: {
      en: "Without a validated CHECK that implies the bounds, the whole partition is read under ACCESS EXCLUSIVE.",
      ja: "範囲を含意する検証済みの CHECK がなければ、ACCESS EXCLUSIVEロックの下でパーティション全体が読まれる。",
    },
    reason: {
      en: "No validated CHECK of {partition} that implies the bounds is known; attaching it to {table} reads all of it under ACCESS EXCLUSIVE.",
      ja: "{partition} に範囲を含意する検証済みの CHECK が見当たらない。{table} への接続でACCESS EXCLUSIVEロックの下に全行が読まれる。",
    },
    remedy: {
      en: "Add a CHECK with the partition's bounds as NOT VALID, VALIDATE it, then attach and drop the CHECK.",
      ja: "範囲と同じ条件の CHECK を NOT VALID で付けて VALIDATE し、接続してから CHECK を外す。",
    },
    bad: "ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');\n",
    good: `SET lock_timeout = '2s';
CREATE TABLE events_2027 (LIKE events);
ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
`,
  },
  defaultPartitionScanned: {
    code: "migration/default-partition-scanned",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "New partition beside a default one", ja: "デフォルトパーティションがある親への追加" },
    why: {
      en: "The default partition is read under ACCESS EXCLUSIVE for rows that belong to the new one.",
      ja: "新しいパーティションに属する行がないか、ACCESS EXCLUSIVEロックの下でデフォルトパーティション全体が読まれる。",
    },
    reason: {
      en: "Adding {partition} reads all of {standard} under ACCESS EXCLUSIVE.",
      ja: "{partition} の追加で {standard} の全行がACCESS EXCLUSIVEロックの下で読まれる。",
    },
    remedy: {
      en: "Give {standard} a validated CHECK that rules the new bounds out, then add the partition.",
      ja: "新しい範囲を除く検証済みの CHECK を {standard} に付けてから追加する。",
    },
    bad: {
      "migrations/0001_events.sql": EVENTS + REST,
      "migrations/0002_year.sql":
        "CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');\n",
    },
    good: {
      "migrations/0001_events.sql": EVENTS,
      "migrations/0002_year.sql":
        "CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');\n",
    },
  },
  detachWithoutConcurrently: {
    code: "migration/detach-partition-without-concurrently",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Partition detached without CONCURRENTLY", ja: "CONCURRENTLY なしのパーティション切り離し" },
    why: {
      en: "DETACH PARTITION takes ACCESS EXCLUSIVE on the parent: the whole partitioned table stops.",
      ja: "DETACH PARTITION は親のACCESS EXCLUSIVEロックを取り、パーティションテーブル全体が止まる。",
    },
    reason: {
      en: "Detaching {partition} locks all of {table}.",
      ja: "{partition} の切り離しで {table} 全体がロックされる。",
    },
    remedy: {
      en: "Use DETACH PARTITION … CONCURRENTLY outside a transaction.",
      ja: "トランザクション外で DETACH PARTITION … CONCURRENTLY を使う。",
    },
    bad: "ALTER TABLE events DETACH PARTITION events_2020;\n",
    good: "ALTER TABLE events DETACH PARTITION events_2020 CONCURRENTLY;\n",
  },
  refreshWithoutConcurrently: {
    code: "migration/refresh-without-concurrently",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "Materialized view refreshed without CONCURRENTLY",
      ja: "CONCURRENTLY なしのマテリアライズドビュー更新",
    },
    why: {
      en: "Readers of the view wait until its query has run.",
      ja: "問い合わせが終わるまで、ビューの読み取りが待たされる。",
    },
    reason: {
      en: "{table} cannot be read while it is refreshed.",
      ja: "更新の間 {table} を読み取れない。",
    },
    remedy: {
      en: "Give it a unique index and use REFRESH MATERIALIZED VIEW CONCURRENTLY.",
      ja: "一意インデックスを付け、REFRESH MATERIALIZED VIEW CONCURRENTLY を使う。",
    },
    bad: "REFRESH MATERIALIZED VIEW daily_totals;\n",
    good: "REFRESH MATERIALIZED VIEW CONCURRENTLY daily_totals;\n",
  },
  refreshWithoutUnique: {
    code: "migration/refresh-concurrently-without-unique",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "CONCURRENTLY on a view without a unique index",
      ja: "一意インデックスのないビューへの CONCURRENTLY",
    },
    why: {
      en: "PostgreSQL refuses to refresh it so: rows are told apart by a unique index over all of them.",
      ja: "行の区別には全行にわたる一意インデックスが必要であり、なければPostgreSQLはこの更新を拒否する。",
    },
    reason: { en: "{table} has no unique index.", ja: "{table} に一意インデックスがない。" },
    remedy: {
      en: "Create a unique index on its columns, without WHERE, before the refresh.",
      ja: "更新の前に、WHEREのない一意インデックスを列に付ける。",
    },
    bad: {
      "migrations/0001_totals.sql": "CREATE MATERIALIZED VIEW totals AS SELECT 1 AS id;\n",
      "migrations/0002_refresh.sql": "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;\n",
    },
    good: {
      "migrations/0001_totals.sql":
        "CREATE MATERIALIZED VIEW totals AS SELECT 1 AS id;\nCREATE UNIQUE INDEX ON totals (id);\n",
      "migrations/0002_refresh.sql": "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;\n",
    },
  },
  lockTable: {
    code: "migration/lock-table",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "LOCK TABLE on a table in use", ja: "使用中のテーブルへの LOCK TABLE" },
    why: {
      en: "The lock is held until the transaction ends, and everybody who writes (or reads) waits.",
      ja: "ロックはトランザクションの終わりまで保持され、書き込み（または読み取り）がすべて待たされる。",
    },
    reason: {
      en: "{table} is locked in {mode} mode until the transaction ends.",
      ja: "{table} がトランザクションの終わりまで {mode} でロックされる。",
    },
    remedy: {
      en: "Leave it out; let each statement take the lock that it needs, for as short as it needs it.",
      ja: "削除し、各文が必要なロックを必要な間だけ取るようにする。",
    },
    bad: "BEGIN;\nLOCK TABLE orders IN ACCESS EXCLUSIVE MODE;\nCOMMIT;\n",
    good: "BEGIN;\nLOCK TABLE orders IN ROW EXCLUSIVE MODE;\nCOMMIT;\n",
  },
});
