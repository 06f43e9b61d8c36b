import { checks } from "../../check.ts";

/** Taking away what the running version rests on without naming it. */
export const DROP_OTHER_CHECKS = checks({
  dropEverything: {
    code: "migration/drop-everything",
    severity: "block",
    commitments: ["INV-OPS-003", "INV-OPS-004", "INV-016", "GL-067"],
    title: {
      en: "A whole database or all of a role's objects are dropped",
      ja: "データベース全体や、あるロールの全オブジェクトを削除している",
    },
    why: {
      en: "What is lost is not named, so nobody can review it; it takes the data of every version.",
      ja: "失われるものが書かれていないため誰も確認できない。どの版のデータも失われる。",
    },
    reason: {
      en: "{what} takes away more than can be seen here.",
      ja: "{what} は、ここから見える以上のものを取り除く。",
    },
    remedy: {
      en: "Name each object and take it away by expand and contract.",
      ja: "対象を一つずつ書き、拡張と縮小の手順で取り除く。",
    },
    bad: "DROP OWNED BY app;\n",
    good: "REVOKE CREATE ON SCHEMA public FROM PUBLIC;\n",
  },
  dropExtension: {
    code: "migration/drop-extension",
    severity: "block",
    commitments: ["INV-OPS-003", "RF-155", "GL-067"],
    title: { en: "An extension is dropped", ja: "拡張を削除している" },
    why: {
      en: "With CASCADE every column, index and function of its types goes too; without it calls of the running version fail.",
      ja: "CASCADEがあれば、その型の列、インデックス、関数もすべて失われる。なくても稼働中の版の呼び出しは失敗する。",
    },
    reason: { en: "The extension {name} is dropped.", ja: "拡張 {name} を削除する。" },
    remedy: {
      en: "Replace what depends on it first, ship, and drop the extension in a later migration without CASCADE.",
      ja: "先に依存するものを置き換えて出荷し、後のマイグレーションでCASCADEなしに削除する。",
    },
    bad: "DROP EXTENSION citext CASCADE;\n",
    good: "CREATE EXTENSION IF NOT EXISTS citext;\n",
  },
  dropTrigger: {
    code: "migration/drop-trigger",
    severity: "warn",
    commitments: ["INV-OPS-003", "RF-155"],
    title: { en: "A trigger or rule is dropped", ja: "トリガーやルールを削除している" },
    why: {
      en: "The running version may rely on what it does: a copied column, a time stamp, an audit row. Nothing fails; the data just goes wrong.",
      ja: "稼働中の版は、列の複製、時刻の記録、監査行など、その働きを当てにしているかもしれない。エラーにはならず、データだけが誤っていく。",
    },
    reason: {
      en: "{name} on {table} is dropped and not made again.",
      ja: "{table} の {name} を削除したまま作り直していない。",
    },
    remedy: {
      en: "Make sure that no live version relies on it; replace it in the same transaction otherwise.",
      ja: "当てにする版がもう動いていないことを確かめる。そうでなければ同じトランザクションで置き換える。",
    },
    bad: "DROP TRIGGER copy_name ON users;\n",
    good: "DROP TRIGGER copy_name ON users;\nCREATE TRIGGER copy_name BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION copy_name();\n",
  },
  dropUnique: {
    code: "migration/drop-unique",
    severity: "warn",
    commitments: ["INV-OPS-003", "RF-155", "INV-012"],
    title: { en: "A unique index or key is dropped", ja: "一意インデックスや鍵を削除している" },
    why: {
      en: "INSERT … ON CONFLICT of the running version needs a matching unique index and fails without it; duplicates come in unnoticed.",
      ja: "稼働中の版のINSERT … ON CONFLICTは対応する一意インデックスを必要とし、なくなれば失敗する。重複も気付かれずに入る。",
    },
    reason: { en: "{name} kept rows of {table} unique.", ja: "{name} は {table} の行の一意性を保っていた。" },
    remedy: {
      en: "Make sure that no live version uses ON CONFLICT on it, or make its replacement first.",
      ja: "これを使うON CONFLICTが稼働中の版にないことを確かめるか、先に代わりを作る。",
    },
    bad: {
      "migrations/0001-create.sql":
        "CREATE TABLE users (id bigint PRIMARY KEY, email text CONSTRAINT one_email UNIQUE);\n",
      "migrations/0002-drop.sql": "SET lock_timeout = '2s';\nALTER TABLE users DROP CONSTRAINT one_email;\n",
    },
    good: {
      "migrations/0001-create.sql":
        "CREATE TABLE users (id bigint PRIMARY KEY, age int CONSTRAINT grown CHECK (age > 0));\n",
      "migrations/0002-drop.sql": "SET lock_timeout = '2s';\nALTER TABLE users DROP CONSTRAINT grown;\n",
    },
  },
  dropPrimaryKey: {
    code: "migration/drop-primary-key",
    severity: "block",
    commitments: ["INV-OPS-003", "RF-155", "INV-012"],
    title: { en: "A primary key is dropped", ja: "主キーを削除している" },
    why: {
      en: "INSERT … ON CONFLICT of the running version needs it, foreign keys point at it, and logical replication refuses UPDATE and DELETE without it.",
      ja: "稼働中の版のINSERT … ON CONFLICTに必要で、外部キーが参照し、論理レプリケーションはこれなしのUPDATEとDELETEを拒む。",
    },
    reason: { en: "{table} loses its primary key {name}.", ja: "{table} が主キー {name} を失う。" },
    remedy: {
      en: "Build the new unique index CONCURRENTLY and exchange the keys in one ALTER TABLE with USING INDEX.",
      ja: "新しい一意インデックスをCONCURRENTLYで作り、USING INDEXを使って一つのALTER TABLEで鍵を入れ替える。",
    },
    bad: "SET lock_timeout = '2s';\nALTER TABLE plans DROP CONSTRAINT plans_pkey;\n",
    good: {
      "migrations/0001-create.sql":
        "CREATE TABLE plans (id bigint CONSTRAINT plans_pkey PRIMARY KEY, code bigint NOT NULL);\nCREATE UNIQUE INDEX plans_code ON plans (code);\n",
      "migrations/0002-exchange.sql":
        "SET lock_timeout = '2s';\nALTER TABLE plans DROP CONSTRAINT plans_pkey, ADD CONSTRAINT plans_by_code PRIMARY KEY USING INDEX plans_code;\n",
    },
  },
  detachPartition: {
    code: "migration/detach-partition",
    severity: "warn",
    commitments: ["INV-OPS-003", "RF-155"],
    title: { en: "A partition is detached", ja: "パーティションを切り離している" },
    why: {
      en: "Its rows vanish from the table that the running version reads.",
      ja: "稼働中の版が読む表から、その行が見えなくなる。",
    },
    reason: { en: "Rows vanish from {table}.", ja: "{table} から行が見えなくなる。" },
    remedy: {
      en: "Make sure that no live version needs these rows and that their retention is over or they are archived.",
      ja: "その行を必要とする版がなく、保持期間が過ぎたか保管済みであることを確かめる。",
    },
    bad: "ALTER TABLE events DETACH PARTITION events_2020 CONCURRENTLY;\n",
    good: "CREATE TABLE events (id bigint, day date) PARTITION BY RANGE (day);\n",
  },
  dropRole: {
    code: "migration/drop-role",
    severity: "block",
    commitments: ["INV-OPS-003", "RF-155"],
    title: { en: "A role is dropped", ja: "ロールを削除している" },
    why: {
      en: "Whoever connects as this role cannot connect any more.",
      ja: "このロールで接続する者は、もう接続できない。",
    },
    reason: { en: "A role is dropped.", ja: "ロールを削除する。" },
    remedy: {
      en: "Make sure that no live version and no job connects as it.",
      ja: "このロールで接続する版やジョブがないことを確かめる。",
    },
    bad: "DROP ROLE reporting;\n",
    good: "CREATE ROLE reporting NOLOGIN;\n",
  },
  dropOther: {
    code: "migration/drop-other",
    severity: "warn",
    commitments: ["INV-OPS-003", "RF-155"],
    title: { en: "Something that others rest on is dropped", ja: "他が拠り所とするものを削除している" },
    why: {
      en: "Replication, casts, operators and collations are used without being named in the application's statements.",
      ja: "レプリケーション、キャスト、演算子、照合順序は、アプリケーションの文に名前が現れないまま使われる。",
    },
    reason: { en: "{name} is dropped.", ja: "{name} を削除する。" },
    remedy: {
      en: "Make sure that no consumer and no live version depends on it.",
      ja: "これに依存する利用者や稼働中の版がないことを確かめる。",
    },
    bad: "DROP PUBLICATION to_warehouse;\n",
    good: "CREATE PUBLICATION to_warehouse;\n",
  },
});
