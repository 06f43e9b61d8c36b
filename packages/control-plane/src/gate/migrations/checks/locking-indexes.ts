import { checks } from "../../check.ts";

const COMMITMENTS = ["GL-074", "INV-032"];

/** Indexes that are built or dropped while applications wait. */
export const INDEX_CHECKS = checks({
  indexWithoutConcurrently: {
    code: "migration/index-without-concurrently",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Index built while nobody can write", ja: "書き込みを止めてインデックスを作成" },
    why: {
      en: "CREATE INDEX holds SHARE on the table while it reads all of it: every INSERT, UPDATE and DELETE waits until the index is built.",
      ja: "CREATE INDEX は全行を読む間ずっとテーブルのSHAREロックを保持する。作成が終わるまで INSERT、UPDATE、DELETE はすべて待たされる。",
    },
    reason: {
      en: "This index is built on {table} without CONCURRENTLY: nobody can write to the table meanwhile.",
      ja: "{table} のインデックスを CONCURRENTLY なしで作成している。その間テーブルに書き込めない。",
    },
    remedy: {
      en: "Use CREATE INDEX CONCURRENTLY, alone in a migration that runs outside a transaction.",
      ja: "トランザクション外で実行する単独のマイグレーションで CREATE INDEX CONCURRENTLY を使う。",
    },
    bad: "CREATE INDEX orders_user_id_idx ON orders (user_id);\n",
    good: "CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);\n",
  },
  indexOnPartitioned: {
    code: "migration/index-on-partitioned-table",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "Index built on all partitions at once",
      ja: "全パーティションで一度にインデックスを作成",
    },
    why: {
      en: "An index on a partitioned table is built on every partition in one statement, with SHARE held on all of them to the end.",
      ja: "パーティションテーブルのインデックスは一つの文で全パーティションに作成され、最後まで全体のSHAREロックを保持する。",
    },
    reason: {
      en: "This index is built on every partition of {table} while nobody can write.",
      ja: "{table} の全パーティションでインデックスを作成しており、その間書き込めない。",
    },
    remedy: {
      en: "Create it ON ONLY the parent, build it CONCURRENTLY on each partition, then ALTER INDEX … ATTACH PARTITION.",
      ja: "親には ON ONLY で作成し、各パーティションで CONCURRENTLY により作成してから ALTER INDEX … ATTACH PARTITION で結び付ける。",
    },
    bad: {
      "migrations/0001_events.sql":
        "CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);\n",
      "migrations/0002_index.sql": "CREATE INDEX events_at_idx ON events (at);\n",
    },
    good: {
      "migrations/0001_events.sql":
        "CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);\n",
      "migrations/0002_index.sql": "CREATE INDEX events_at_idx ON ONLY events (at);\n",
    },
  },
  concurrentlyOnPartitioned: {
    code: "migration/concurrently-on-partitioned-table",
    severity: "block",
    commitments: ["INV-032"],
    title: {
      en: "CONCURRENTLY on a partitioned table",
      ja: "パーティションテーブルへの CONCURRENTLY",
    },
    why: {
      en: "PostgreSQL refuses to build an index concurrently on a partitioned table, so the migration fails.",
      ja: "PostgreSQLはパーティションテーブルへの CONCURRENTLY でのインデックス作成を拒否するため、マイグレーションは失敗する。",
    },
    reason: {
      en: "{table} is partitioned; its index cannot be built CONCURRENTLY.",
      ja: "{table} はパーティションテーブルであり、CONCURRENTLY でインデックスを作成できない。",
    },
    remedy: {
      en: "Create it ON ONLY the parent, build it CONCURRENTLY on each partition, then ALTER INDEX … ATTACH PARTITION.",
      ja: "親には ON ONLY で作成し、各パーティションで CONCURRENTLY により作成してから ALTER INDEX … ATTACH PARTITION で結び付ける。",
    },
    bad: {
      "migrations/0001_events.sql":
        "CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);\n",
      "migrations/0002_index.sql": "CREATE INDEX CONCURRENTLY events_at_idx ON events (at);\n",
    },
    good: {
      "migrations/0001_events.sql":
        "CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);\n",
      "migrations/0002_index.sql": "CREATE INDEX events_at_idx ON ONLY events (at);\n",
    },
  },
  concurrentlyIfNotExists: {
    code: "migration/concurrently-if-not-exists",
    severity: "block",
    commitments: ["INV-032"],
    title: {
      en: "A retry would keep an invalid index",
      ja: "再実行すると無効なインデックスが残る",
    },
    why: {
      en: "A concurrent build that fails leaves an INVALID index of that name. On the next try IF NOT EXISTS skips it, and the migration reports success.",
      ja: "CONCURRENTLY での作成が失敗すると、その名前の無効な（INVALID）インデックスが残る。再実行では IF NOT EXISTS により飛ばされ、成功したように見える。",
    },
    reason: {
      en: "If an earlier try failed, {index} exists but is invalid; IF NOT EXISTS then leaves it so.",
      ja: "以前の実行が失敗していると {index} は無効なまま存在し、IF NOT EXISTS はそれをそのまま残す。",
    },
    remedy: {
      en: "Put DROP INDEX CONCURRENTLY IF EXISTS {index} before it, and leave IF NOT EXISTS out.",
      ja: "直前に DROP INDEX CONCURRENTLY IF EXISTS {index} を置き、IF NOT EXISTS を外す。",
    },
    bad: "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_user_id_idx ON orders (user_id);\n",
    good: `DROP INDEX CONCURRENTLY IF EXISTS orders_user_id_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_user_id_idx ON orders (user_id);
`,
  },
  dropIndexWithoutConcurrently: {
    code: "migration/drop-index-without-concurrently",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Index dropped without CONCURRENTLY", ja: "CONCURRENTLY なしのインデックス削除" },
    why: {
      en: "DROP INDEX needs ACCESS EXCLUSIVE on the table. While it waits for running queries, every other query on the table queues up behind it.",
      ja: "DROP INDEX はテーブルのACCESS EXCLUSIVEロックを必要とする。実行中のクエリを待つ間、そのテーブルへのクエリはすべて後ろに並ぶ。",
    },
    reason: {
      en: "{index} is dropped without CONCURRENTLY: reads and writes of its table wait.",
      ja: "{index} を CONCURRENTLY なしで削除しており、テーブルの読み書きが待たされる。",
    },
    remedy: {
      en: "Use DROP INDEX CONCURRENTLY in a migration that runs outside a transaction.",
      ja: "トランザクション外で実行するマイグレーションで DROP INDEX CONCURRENTLY を使う。",
    },
    bad: "DROP INDEX orders_user_id_idx;\n",
    good: "DROP INDEX CONCURRENTLY orders_user_id_idx;\n",
  },
  dropConcurrentlyUnsupported: {
    code: "migration/drop-index-concurrently-unsupported",
    severity: "block",
    commitments: ["INV-032"],
    title: {
      en: "DROP INDEX CONCURRENTLY of several, or with CASCADE",
      ja: "複数または CASCADE 付きの DROP INDEX CONCURRENTLY",
    },
    why: {
      en: "PostgreSQL drops one index at a time concurrently, and refuses CASCADE with it, so the migration fails.",
      ja: "PostgreSQLが CONCURRENTLY で削除できるのは一度に一つで、CASCADE も付けられないため、マイグレーションは失敗する。",
    },
    reason: {
      en: "DROP INDEX CONCURRENTLY takes one index and no CASCADE.",
      ja: "DROP INDEX CONCURRENTLY に指定できるのは一つのインデックスだけで、CASCADE は付けられない。",
    },
    remedy: {
      en: "Write one DROP INDEX CONCURRENTLY for each index.",
      ja: "インデックスごとに DROP INDEX CONCURRENTLY を一文ずつ書く。",
    },
    bad: "DROP INDEX CONCURRENTLY orders_user_id_idx, orders_created_at_idx;\n",
    good: "DROP INDEX CONCURRENTLY orders_user_id_idx;\nDROP INDEX CONCURRENTLY orders_created_at_idx;\n",
  },
  reindexWithoutConcurrently: {
    code: "migration/reindex-without-concurrently",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "REINDEX without CONCURRENTLY", ja: "CONCURRENTLY なしの REINDEX" },
    why: {
      en: "REINDEX shuts out writers of the table, and readers that would use the index, until it is rebuilt.",
      ja: "REINDEX は再作成が終わるまで、テーブルへの書き込みと、そのインデックスを使う読み取りを止める。",
    },
    reason: {
      en: "{name} is reindexed without CONCURRENTLY.",
      ja: "{name} を CONCURRENTLY なしで再作成している。",
    },
    remedy: {
      en: "Use REINDEX … CONCURRENTLY outside a transaction.",
      ja: "トランザクション外で REINDEX … CONCURRENTLY を使う。",
    },
    bad: "REINDEX TABLE orders;\n",
    good: "REINDEX TABLE CONCURRENTLY orders;\n",
  },
});
