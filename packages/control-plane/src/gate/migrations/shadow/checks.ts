import { checks } from "../../check.ts";

const MEMBERS = "CREATE TABLE members (id bigint PRIMARY KEY, email text, name text);\n";
const pair = (up: string, down: string) => ({
  "1_create_members.up.sql": MEMBERS,
  "1_create_members.down.sql": "DROP TABLE members;\n",
  "2_change.up.sql": up,
  "2_change.down.sql": down,
});
const history = (...files: string[]) =>
  Object.fromEntries([MEMBERS, ...files].map((text, index) => [`000${index + 1}_change.sql`, text]));

const GOOD = history("ALTER TABLE members ADD COLUMN note text;\n");
const GOOD_PAIR = pair(
  "ALTER TABLE members ADD COLUMN note text;\n",
  "ALTER TABLE members DROP COLUMN note;\n",
);

/** What only a run on a real PostgreSQL shows. These are looked for with `--shadow` only. */
export const SHADOW_CHECKS = checks({
  fails: {
    code: "migration/shadow-fails",
    severity: "block",
    commitments: ["INV-018", "SK-120"],
    title: { en: "It fails on a real PostgreSQL", ja: "実際のPostgreSQLで失敗する" },
    why: {
      en: "The history was replayed on an empty PostgreSQL with a few rows in each table, and this migration did not go through. In production it would stop the deployment.",
      ja: "空のPostgreSQLで履歴を再生し、各テーブルに数行を入れて実行したところ、このマイグレーションは通らなかった。本番ではデプロイが止まる。",
    },
    reason: {
      en: "PostgreSQL says ({sqlstate}): {message}.",
      ja: "PostgreSQLの応答 ({sqlstate}): {message}。",
    },
    remedy: {
      en: "Correct the statement, or the assumption about rows that it makes.",
      ja: "文を直す。あるいは、既存の行についての思い込みを見直す。",
    },
    bad: history("ALTER TABLE members ADD COLUMN score integer NOT NULL;\n"),
    good: GOOD,
  },
  rewrite: {
    code: "migration/shadow-rewrite",
    severity: "block",
    commitments: ["GL-074", "INV-OPS-003"],
    title: { en: "An existing table was rewritten", ja: "既存テーブルが書き換えられた" },
    why: {
      en: "The table's file was replaced by a new one. On a large table that takes as long as copying all of it, and nobody reads or writes meanwhile.",
      ja: "テーブルのファイルが新しいものに置き換わった。大きなテーブルでは全体の複製と同じ時間がかかり、その間は読み書きできない。",
    },
    reason: {
      en: "{table} was rewritten with {lock} held.",
      ja: "{table} が {lock} を保持したまま書き換えられた。",
    },
    remedy: {
      en: "Add a new column or table beside the old one, fill it in batches, and switch over later.",
      ja: "新しい列や表を並べて追加し、少しずつ埋めてから切り替える。",
    },
    bad: history("ALTER TABLE members ADD COLUMN token uuid DEFAULT gen_random_uuid();\n"),
    good: GOOD,
  },
  blockingWork: {
    code: "migration/shadow-blocking-work",
    severity: "block",
    commitments: ["GL-074", "INV-OPS-003"],
    title: { en: "A table was read while it was locked", ja: "ロックしたままテーブル全体を読んだ" },
    why: {
      en: "PostgreSQL went through the whole table, for an index or to prove a constraint, with a lock that keeps writers out.",
      ja: "索引の作成または制約の検証のため、書き込みを止めるロックを持ったままテーブル全体を読んだ。",
    },
    reason: {
      en: "{table} was read from end to end ({work}) with {lock} held.",
      ja: "{table} が {lock} を保持したまま端から端まで読まれた ({work})。",
    },
    remedy: {
      en: "Build indexes CONCURRENTLY; add constraints NOT VALID and validate them in a migration of their own.",
      ja: "索引はCONCURRENTLYで作る。制約はNOT VALIDで追加し、別のマイグレーションで検証する。",
    },
    bad: history("CREATE INDEX members_email_idx ON members (email);\n"),
    good: history("CREATE INDEX CONCURRENTLY members_email_idx ON members (email);\n"),
  },
  rowsLost: {
    code: "migration/shadow-rows-lost",
    severity: "block",
    commitments: ["INV-021", "INV-OPS-003"],
    title: { en: "Rows are gone afterwards", ja: "実行後に行が消えている" },
    why: {
      en: "Sentinel rows were written into every table before the migration; after it some of them are missing.",
      ja: "実行前に全テーブルへ目印の行を入れておいたが、実行後にその一部がなくなっていた。",
    },
    reason: {
      en: "{table} lost {lost} of {rows} rows.",
      ja: "{table} の {rows} 行のうち {lost} 行が消えた。",
    },
    remedy: {
      en: "Keep the rows: select what is deleted, or archive it first and drop it in a later release.",
      ja: "行を残す。削除対象を条件で絞るか、退避してから後のリリースで削除する。",
    },
    bad: history("TRUNCATE members;\n"),
    good: GOOD,
  },
  queryFails: {
    code: "migration/shadow-query-fails",
    severity: "block",
    commitments: ["RF-155", "INV-018"],
    title: {
      en: "The live release's query fails on the new schema",
      ja: "稼働中のリリースのクエリが新しいスキーマで失敗する",
    },
    why: {
      en: "Old and new version run side by side during a rollout and after a rollback; what the old one asks has to work on the new schema.",
      ja: "段階リリース中やロールバック後は新旧が同時に動く。旧バージョンの問い合わせは新しいスキーマでも動かなければならない。",
    },
    reason: {
      en: "It worked before the migration: {query} — now PostgreSQL says: {message}.",
      ja: "マイグレーション前は動いていたクエリ: {query} — 実行後の応答: {message}。",
    },
    remedy: {
      en: "Expand first: keep what the live release uses, and remove it when no live version refers to it.",
      ja: "先に拡張する。稼働中のリリースが使うものは残し、参照する版がなくなってから削除する。",
    },
    bad: {
      ...history("ALTER TABLE members RENAME COLUMN name TO full_name;\n"),
      "queries.txt": "SELECT name FROM members;\n",
    },
    good: { ...GOOD, "queries.txt": "SELECT name FROM members;\n" },
  },
  downFails: {
    code: "migration/shadow-down-fails",
    severity: "block",
    commitments: ["INV-019", "GL-068", "SK-122"],
    title: { en: "The way back fails", ja: "戻しの手順が失敗する" },
    why: {
      en: "Down was run right after up and did not go through. It would fail in the middle of an incident.",
      ja: "upの直後にdownを実行したところ失敗した。障害対応の最中に失敗することになる。",
    },
    reason: {
      en: "PostgreSQL says ({sqlstate}): {message}.",
      ja: "PostgreSQLの応答 ({sqlstate}): {message}。",
    },
    remedy: { en: "Correct the down, and run it once.", ja: "downを直し、一度実行して確かめる。" },
    bad: pair("ALTER TABLE members ADD COLUMN note text;\n", "ALTER TABLE members DROP COLUMN notes;\n"),
    good: GOOD_PAIR,
  },
  downDiffers: {
    code: "migration/shadow-down-differs",
    severity: "block",
    commitments: ["INV-019", "GL-068", "SK-122"],
    title: { en: "The way back does not lead back", ja: "戻しても元のスキーマにならない" },
    why: {
      en: "After up and down the catalogue is not what it was before. The next up, or the old version, meets a schema that nobody has tested.",
      ja: "upとdownの後のカタログが元と異なる。次のupや旧バージョンは、誰も試していないスキーマに出会う。",
    },
    reason: {
      en: "After down the catalogue differs: {difference}.",
      ja: "down後のカタログの差: {difference}。",
    },
    remedy: {
      en: "Undo in down everything that up does. Where that cannot be, write the reason and the way back in words.",
      ja: "upが行うことをdownですべて元に戻す。不可能な場合は、理由と戻し方を文章で書く。",
    },
    bad: pair(
      "ALTER TABLE members ADD COLUMN a text, ADD COLUMN b text;\n",
      "ALTER TABLE members DROP COLUMN a;\n",
    ),
    good: GOOD_PAIR,
  },
  downLoses: {
    code: "migration/shadow-down-loses",
    severity: "block",
    commitments: ["INV-019", "INV-OPS-003"],
    title: { en: "The way back loses rows", ja: "戻すと行が失われる" },
    why: {
      en: "Rows that were there before the migration are gone or changed after up and down: going back costs data.",
      ja: "マイグレーション前からあった行が、upとdownの後に消えたか変わっていた。戻すとデータを失う。",
    },
    reason: {
      en: "Of {rows} rows of {table}, {lost} are not as they were.",
      ja: "{table} の {rows} 行のうち {lost} 行が元のままでない。",
    },
    remedy: {
      en: "Let down take away only what up created.",
      ja: "downではupが作ったものだけを取り除く。",
    },
    bad: pair("CREATE TABLE badges (id bigint PRIMARY KEY);\n", "DROP TABLE badges;\nDELETE FROM members;\n"),
    good: GOOD_PAIR,
  },
  locks: {
    code: "migration/shadow-locks",
    severity: "info",
    commitments: ["GL-074"],
    title: { en: "Locks it takes on existing tables", ja: "既存テーブルに取るロック" },
    why: {
      en: "Read from pg_locks while the transaction was open. However short it is held, it has to be waited for behind running queries.",
      ja: "トランザクション中のpg_locksから読み取った。短時間でも、実行中のクエリの後ろで待つ必要がある。",
    },
    reason: { en: "It takes {lock} on {table}.", ja: "{table} に {lock} を取る。" },
    remedy: { en: "Set a short lock_timeout and retry.", ja: "短いlock_timeoutを設定し、再試行する。" },
    bad: GOOD,
    good: history("CREATE TABLE badges (id bigint PRIMARY KEY);\n"),
  },
  queryUnusable: {
    code: "migration/shadow-query-unusable",
    severity: "block",
    commitments: ["RF-155"],
    title: { en: "A recorded query did not work before either", ja: "記録されたクエリがもともと動かない" },
    why: {
      en: "A query that fails on the schema before the migration proves nothing about the schema after it.",
      ja: "実行前のスキーマで失敗するクエリでは、実行後のスキーマについて何も言えない。",
    },
    reason: { en: "{query}: {message}.", ja: "{query} がもともと動かない: {message}。" },
    remedy: {
      en: "Record the queries of the release that is live, for the schema it runs on.",
      ja: "稼働中のリリースが、そのスキーマで実際に使うクエリを記録する。",
    },
    bad: { ...GOOD, "queries.txt": "SELECT nothing FROM nowhere;\n" },
    good: { ...GOOD, "queries.txt": "SELECT id FROM members WHERE email = $1;\n" },
    undecided: true,
  },
  notRun: {
    code: "migration/shadow-not-run",
    severity: "block",
    commitments: ["INV-018"],
    title: { en: "It could not be tried out", ja: "試しに実行できなかった" },
    why: {
      en: "No PostgreSQL could be had, or the migration needs what the history does not create. Nothing was proven about it.",
      ja: "PostgreSQLを用意できなかったか、履歴が作らないものをマイグレーションが必要としている。何も確かめられていない。",
    },
    reason: { en: "Not tried: {why}.", ja: "試せなかった理由: {why}。" },
    remedy: {
      en: "Check the folder with its whole history, and give a PostgreSQL that has the extensions it needs.",
      ja: "履歴全体を含むフォルダーを検査する。必要な拡張があるPostgreSQLを指定する。",
    },
    bad: { "0001_change.sql": "ALTER TABLE table_of_another_history ADD COLUMN note text;\n" },
    good: GOOD,
    undecided: true,
  },
});
