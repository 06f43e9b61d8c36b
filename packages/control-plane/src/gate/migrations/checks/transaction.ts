import { checks } from "../../check.ts";

const COMMITMENTS = ["INV-032"];
const LOCKS = ["GL-074", "INV-032"];

/** What goes wrong with transactions. */
export const TRANSACTION_CHECKS = checks({
  concurrentlyInTransaction: {
    code: "migration/concurrently-in-transaction",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "CONCURRENTLY inside a transaction", ja: "トランザクション内の CONCURRENTLY" },
    why: {
      en: "PostgreSQL refuses it in a transaction block, a DO block and a function, so the migration fails.",
      ja: "PostgreSQLはトランザクション、DOブロック、関数の中でこれを拒否するため、マイグレーションは失敗する。",
    },
    reason: {
      en: "{what} runs inside a transaction here and is refused.",
      ja: "{what} がトランザクションの中で実行され、拒否される。",
    },
    remedy: {
      en: "Put it alone into a migration that the runner does not wrap in a transaction.",
      ja: "実行ツールがトランザクションで囲まない、単独のマイグレーションに移す。",
    },
    bad: "BEGIN;\nCREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);\nCOMMIT;\n",
    good: "CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);\n",
  },
  refusesTransaction: {
    code: "migration/refuses-transaction",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "Statement that cannot run inside a transaction",
      ja: "トランザクション内で実行できない文",
    },
    why: {
      en: "PostgreSQL refuses it in a transaction block, so the migration fails.",
      ja: "PostgreSQLはトランザクション内でこれを拒否するため、マイグレーションは失敗する。",
    },
    reason: {
      en: "{what} runs inside a transaction here and is refused.",
      ja: "{what} がトランザクションの中で実行され、拒否される。",
    },
    remedy: {
      en: "Run it outside migrations, or in one that the runner does not wrap in a transaction.",
      ja: "マイグレーションの外、または実行ツールがトランザクションで囲まないマイグレーションで実行する。",
    },
    bad: "BEGIN;\nVACUUM orders;\nCOMMIT;\n",
    good: "VACUUM orders;\n",
  },
  commitInsideRunner: {
    code: "migration/commit-inside-runner",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "Transaction control inside the runner's transaction",
      ja: "実行ツールのトランザクション内での制御",
    },
    why: {
      en: "COMMIT or ROLLBACK ends the transaction that the runner opened: what follows is no longer atomic with its record of the migration.",
      ja: "COMMIT や ROLLBACK は実行ツールが開いたトランザクションを終わらせる。以降は適用記録と一体で確定されない。",
    },
    reason: {
      en: "The runner wraps this file in a transaction; this statement interferes with it.",
      ja: "実行ツールがこのファイルをトランザクションで囲んでおり、この文はそれと衝突する。",
    },
    remedy: {
      en: "Leave BEGIN, COMMIT and ROLLBACK to the runner, or switch its transaction off for this file.",
      ja: "BEGIN、COMMIT、ROLLBACK は実行ツールに任せるか、このファイルではツールのトランザクションを切る。",
    },
    bad: {
      "db/migrations/20260101000000_note.sql":
        "-- migrate:up\nSET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;\nCOMMIT;\n\n-- migrate:down\nALTER TABLE orders DROP COLUMN note;\n",
    },
    good: {
      "db/migrations/20260101000000_note.sql":
        "-- migrate:up\nSET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;\n\n-- migrate:down\nALTER TABLE orders DROP COLUMN note;\n",
    },
  },
  commitInProcedure: {
    code: "migration/commit-in-procedure",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "COMMIT in a DO block inside a transaction",
      ja: "トランザクション内のDOブロックでの COMMIT",
    },
    why: {
      en: "A procedure may only commit when nobody opened a transaction around it; else it fails with invalid_transaction_termination.",
      ja: "手続きが COMMIT できるのは外側にトランザクションがないときだけで、あれば invalid_transaction_termination で失敗する。",
    },
    reason: {
      en: "This COMMIT or ROLLBACK runs inside an outer transaction and is refused.",
      ja: "この COMMIT または ROLLBACK は外側のトランザクションの中で実行され、拒否される。",
    },
    remedy: {
      en: "Switch the runner's transaction off for this file, or run the batches from outside.",
      ja: "このファイルでは実行ツールのトランザクションを切るか、小分けの処理を外から実行する。",
    },
    bad: "BEGIN;\nDO $$ BEGIN PERFORM 1; COMMIT; END $$;\nCOMMIT;\n",
    good: "DO $$ BEGIN PERFORM 1; COMMIT; END $$;\n",
  },
  transactionLeftOpen: {
    code: "migration/transaction-left-open",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "BEGIN without COMMIT", ja: "COMMIT のない BEGIN" },
    why: {
      en: "Nothing commits: everything is rolled back when the connection closes, while the tool records the migration as applied.",
      ja: "何も確定されない。接続が閉じると取り消されるのに、ツールは適用済みと記録する。",
    },
    reason: {
      en: "This transaction is never committed.",
      ja: "このトランザクションは確定されない。",
    },
    remedy: { en: "Add COMMIT at the end.", ja: "末尾に COMMIT を加える。" },
    bad: "BEGIN;\nSET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;\n",
    good: "BEGIN;\nSET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;\nCOMMIT;\n",
  },
  transactionRolledBack: {
    code: "migration/transaction-rolled-back",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The file takes everything back", ja: "すべてを取り消すファイル" },
    why: {
      en: "ROLLBACK undoes what the transaction did, while the tool records the migration as applied.",
      ja: "ROLLBACK はトランザクションの変更を取り消すのに、ツールは適用済みと記録する。",
    },
    reason: {
      en: "This ROLLBACK undoes the changes of this file.",
      ja: "この ROLLBACK により、このファイルの変更が取り消される。",
    },
    remedy: { en: "End the transaction with COMMIT.", ja: "トランザクションを COMMIT で終える。" },
    bad: "BEGIN;\nSET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;\nROLLBACK;\n",
    good: "BEGIN;\nSET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;\nCOMMIT;\n",
  },
  commitWithoutBegin: {
    code: "migration/commit-without-begin",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "COMMIT or ROLLBACK without BEGIN", ja: "BEGIN のない COMMIT・ROLLBACK" },
    why: {
      en: "Either it does nothing, or it ends a transaction that the runner opened.",
      ja: "何もしないか、実行ツールが開いたトランザクションを終わらせるかのどちらかである。",
    },
    reason: { en: "No transaction is open here.", ja: "ここで開いているトランザクションはない。" },
    remedy: {
      en: "Leave it out, or write the BEGIN that it belongs to.",
      ja: "削除するか、対になる BEGIN を書く。",
    },
    bad: "SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;\nCOMMIT;\n",
    good: "BEGIN;\nSET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;\nCOMMIT;\n",
  },
  enumValueUsed: {
    code: "migration/enum-value-in-same-transaction",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "New enum value used in the transaction that adds it",
      ja: "追加したトランザクション内での列挙値の使用",
    },
    why: {
      en: "PostgreSQL refuses to use a new enum value before the transaction that adds it has committed.",
      ja: "PostgreSQLは、追加したトランザクションが確定するまで新しい列挙値の使用を拒否する。",
    },
    reason: {
      en: "'{value}' is used before the transaction that adds it has committed.",
      ja: "追加したトランザクションの確定前に '{value}' を使っている。",
    },
    remedy: {
      en: "Use the value in the next migration.",
      ja: "値の使用は次のマイグレーションに移す。",
    },
    bad: `BEGIN;
ALTER TYPE order_state ADD VALUE 'refunded';
INSERT INTO order_states (state) VALUES ('refunded');
COMMIT;
`,
    good: "ALTER TYPE order_state ADD VALUE 'refunded';\n",
  },
  settingLeaks: {
    code: "migration/setting-leaks",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "Session setting left behind", ja: "セッション設定の残留" },
    why: {
      en: "A SET for the session stays on the connection: the next migration runs with it, and means something else.",
      ja: "セッションへの SET は接続に残る。次のマイグレーションもその設定で実行され、意味が変わる。",
    },
    reason: {
      en: "{name} stays set on the connection after this file.",
      ja: "このファイルの後も {name} が接続に残る。",
    },
    remedy: {
      en: "Use SET LOCAL, or RESET {name} at the end; better, qualify names.",
      ja: "SET LOCAL を使うか、末尾で RESET {name} とする。名前をスキーマ修飾するのがなお良い。",
    },
    bad: "SET search_path = billing;\nCREATE TABLE invoices (id bigint PRIMARY KEY);\n",
    good: "CREATE TABLE billing.invoices (id bigint PRIMARY KEY);\n",
  },
  advisoryLockKept: {
    code: "migration/advisory-lock-kept",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "Advisory lock never released", ja: "解放されない勧告的ロック" },
    why: {
      en: "A session's advisory lock outlives the transaction. Behind a connection pool it may stay for hours, and the next run waits for it.",
      ja: "セッション単位の勧告的ロックはトランザクションより長く残る。コネクションプールの背後では何時間も残り、次の実行がそれを待つ。",
    },
    reason: {
      en: "This advisory lock is not released in this file.",
      ja: "この勧告的ロックはこのファイルで解放されていない。",
    },
    remedy: {
      en: "Use pg_advisory_xact_lock in a transaction, or pg_advisory_unlock at the end.",
      ja: "トランザクション内で pg_advisory_xact_lock を使うか、末尾で pg_advisory_unlock を呼ぶ。",
    },
    bad: "SELECT pg_advisory_lock(42);\n",
    good: "BEGIN;\nSELECT pg_advisory_xact_lock(42);\nCOMMIT;\n",
  },
  ddlAndBackfill: {
    code: "migration/ddl-and-backfill",
    severity: "block",
    commitments: LOCKS,
    title: { en: "DDL and a backfill in one transaction", ja: "一つのトランザクションでのDDLとデータ移行" },
    why: {
      en: "The lock of the DDL is held until the backfill has touched its last row; the other way round, the DDL waits with all rows locked.",
      ja: "DDLのロックは、データ移行が最後の行を終えるまで保持される。逆順でも、全行をロックしたままDDLがロックを待つ。",
    },
    reason: {
      en: "Many rows of {changed} are changed in the transaction that locks {table} in {mode} mode.",
      ja: "{table} を {mode} でロックするトランザクションの中で {changed} の多数の行を変更している。",
    },
    remedy: {
      en: "Change the schema in one migration, and fill rows in batches of short transactions in another.",
      ja: "スキーマの変更と行の更新を別のマイグレーションに分け、更新は短いトランザクションに小分けする。",
    },
    bad: `BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN total_cents bigint;
UPDATE orders SET total_cents = total * 100 WHERE total_cents IS NULL;
COMMIT;
`,
    good: "SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN total_cents bigint;\n",
  },
  workAfterLock: {
    code: "migration/work-after-lock",
    severity: "block",
    commitments: LOCKS,
    title: { en: "Long work while a lock is held", ja: "ロックを保持したままの長い処理" },
    why: {
      en: "A lock is held until the transaction ends. Everything that takes time behind it makes applications wait as long.",
      ja: "ロックはトランザクションの終わりまで保持される。その後の時間のかかる処理の分だけ、アプリケーションが待たされる。",
    },
    reason: {
      en: "{what} runs while {table} is locked in {mode} mode since line {line}.",
      ja: "{line} 行目から {table} を {mode} でロックしたまま {what} を実行している。",
    },
    remedy: {
      en: "Do the long work in a migration of its own, before or after.",
      ja: "長い処理は前後の別のマイグレーションに移す。",
    },
    bad: `BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN note text;
SELECT pg_sleep(30);
COMMIT;
`,
    good: `BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN note text;
COMMIT;
`,
  },
  severalLocks: {
    code: "migration/several-tables-locked",
    severity: "warn",
    commitments: LOCKS,
    title: {
      en: "Several tables locked in one transaction",
      ja: "一つのトランザクションで複数テーブルをロック",
    },
    why: {
      en: "While the second lock is waited for, the first table stands still; with an application that takes them in the other order it is a deadlock.",
      ja: "二つ目のロックを待つ間、一つ目のテーブルが止まる。逆順にロックを取るアプリケーションとはデッドロックになる。",
    },
    reason: {
      en: "{other} is locked while {table} is still locked since line {line}.",
      ja: "{line} 行目からロックしている {table} を保持したまま {other} をロックしている。",
    },
    remedy: {
      en: "Change one table in use per migration.",
      ja: "使用中のテーブルの変更は、一つのマイグレーションにつき一つにする。",
    },
    bad: `BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN note text;
ALTER TABLE users ADD COLUMN note text;
COMMIT;
`,
    good: `BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN note text;
COMMIT;
`,
  },
});
