import { checks } from "../../check.ts";

export const COMPATIBILITY = ["INV-OPS-003", "INV-015", "INV-016", "RF-155", "RF-157", "GL-066", "GL-067"];

/** What to do instead of taking something away in one step. */
export const CONTRACT_REMEDY = {
  en: "First ship a version that no longer uses it. Take it away in a later migration, once the release ledger shows that version live at 100 %, its bake over and the rollback window past.",
  ja: "まず、これを使わない版を出荷する。その版が100%で稼働し、ベークが終わり、ロールバック可能期間が過ぎたことをリリース台帳で確かめてから、後のマイグレーションで取り除く。",
};

/** Taking away what the running version uses. */
export const DROP_CHECKS = checks({
  dropTable: {
    code: "migration/drop-table",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A table is dropped", ja: "表を削除している" },
    why: {
      en: "The running version still reads and writes it, and fails from this moment; so does the version before it after a rollback. The rows are gone for good.",
      ja: "稼働中の版はまだこの表を読み書きしており、その瞬間から失敗する。ロールバックした前の版も同じである。行は二度と戻らない。",
    },
    reason: { en: "{name} is dropped, rows and all.", ja: "{name} を行ごと削除する。" },
    remedy: CONTRACT_REMEDY,
    bad: "DROP TABLE orders;\n",
    good: "CREATE TABLE staging_orders (id bigint);\nDROP TABLE staging_orders;\n",
  },
  dropColumn: {
    code: "migration/drop-column",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A column is dropped", ja: "列を削除している" },
    why: {
      en: "Statements of the running version that name the column fail at once, and a rollback brings back a version that needs it. Its values are gone for good.",
      ja: "この列を名指しする稼働中の版の文はすぐに失敗し、ロールバックすればこの列を必要とする版が戻る。値は二度と戻らない。",
    },
    reason: { en: "{table}.{column} is dropped.", ja: "{table}.{column} を削除する。" },
    remedy: CONTRACT_REMEDY,
    bad: "ALTER TABLE users DROP COLUMN nickname;\n",
    good: "ALTER TABLE users ADD COLUMN display_name text;\n",
  },
  dropView: {
    code: "migration/drop-view",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A view is dropped", ja: "ビューを削除している" },
    why: {
      en: "Queries of the running version on the view fail from this moment.",
      ja: "このビューに対する稼働中の版の問い合わせは、その瞬間から失敗する。",
    },
    reason: { en: "{name} is dropped and not made again.", ja: "{name} を削除したまま作り直していない。" },
    remedy: CONTRACT_REMEDY,
    bad: "DROP VIEW active_users;\n",
    good: "CREATE OR REPLACE VIEW active_users AS SELECT id, name, email FROM users WHERE active;\n",
  },
  viewColumns: {
    code: "migration/view-loses-columns",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A view is made again without some columns", ja: "ビューを一部の列なしで作り直している" },
    why: {
      en: "Queries of the running version that name these columns fail.",
      ja: "それらの列を名指しする稼働中の版の問い合わせが失敗する。",
    },
    reason: { en: "{name} no longer has: {columns}.", ja: "{name} から次の列がなくなる: {columns}。" },
    remedy: {
      en: "Keep the columns until no live version reads them; put new ones behind them with CREATE OR REPLACE VIEW.",
      ja: "読む版がなくなるまで列を残し、新しい列はCREATE OR REPLACE VIEWで後ろに足す。",
    },
    bad: {
      "migrations/0001-create.sql":
        "CREATE TABLE users (id bigint PRIMARY KEY, name text, email text);\nCREATE VIEW people AS SELECT id, name, email FROM users;\n",
      "migrations/0002-change.sql": "DROP VIEW people;\nCREATE VIEW people AS SELECT id, name FROM users;\n",
    },
    good: {
      "migrations/0001-create.sql":
        "CREATE TABLE users (id bigint PRIMARY KEY, name text, email text);\nCREATE VIEW people AS SELECT id, name FROM users;\n",
      "migrations/0002-change.sql": "CREATE OR REPLACE VIEW people AS SELECT id, name, email FROM users;\n",
    },
  },
  viewRecreated: {
    code: "migration/view-recreated",
    severity: "block",
    commitments: ["INV-OPS-003", "RF-155"],
    title: { en: "A view is dropped and made again", ja: "ビューを削除して作り直している" },
    why: {
      en: "Its columns may change under the running version, its grants are lost, and without a transaction it is missing in between.",
      ja: "稼働中の版から見て列が変わりうる。権限は失われ、トランザクションがなければ一時的に存在しなくなる。",
    },
    reason: {
      en: "{name} is made again; whether it keeps its columns cannot be seen from here.",
      ja: "{name} を作り直しているが、列が保たれるかはここからは分からない。",
    },
    remedy: {
      en: "Use CREATE OR REPLACE VIEW, which keeps columns and grants; or check both and repeat the GRANTs.",
      ja: "列と権限が保たれるCREATE OR REPLACE VIEWを使う。または両方を確かめ、GRANTをやり直す。",
    },
    bad: "DROP VIEW people;\nCREATE VIEW people AS SELECT id, name FROM users;\n",
    good: "CREATE OR REPLACE VIEW people AS SELECT id, name FROM users;\n",
  },
  dropRoutine: {
    code: "migration/drop-function",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A function or procedure is dropped", ja: "関数やプロシージャを削除している" },
    why: {
      en: "Calls of the running version fail from this moment, in queries as well as in defaults, policies and triggers.",
      ja: "稼働中の版からの呼び出しは、その瞬間から失敗する。問い合わせだけでなく、既定値、ポリシー、トリガーからの呼び出しも同じである。",
    },
    reason: { en: "{name} is dropped and not made again.", ja: "{name} を削除したまま作り直していない。" },
    remedy: CONTRACT_REMEDY,
    bad: "DROP FUNCTION price_of(bigint);\n",
    good: "CREATE OR REPLACE FUNCTION price_of(bigint) RETURNS numeric LANGUAGE sql STABLE RETURN 1;\n",
  },
  routineArguments: {
    code: "migration/function-changed",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A function is made again in another shape", ja: "関数を別の形で作り直している" },
    why: {
      en: "The running version calls it with the old arguments and reads the old result; one of them no longer fits.",
      ja: "稼働中の版は従来の引数で呼び、従来の結果を読むが、そのどちらかがもう合わない。",
    },
    reason: {
      en: "{name} needs more arguments or returns something else than before.",
      ja: "{name} の必要とする引数が増えるか、返すものが変わる。",
    },
    remedy: {
      en: "Make the new function under another name beside the old one, or give new parameters defaults.",
      ja: "新しい関数を別の名前で従来のものと並べて作るか、増やした引数に既定値を付ける。",
    },
    bad: "DROP FUNCTION price_of(bigint);\nCREATE FUNCTION price_of(id bigint, currency text) RETURNS numeric LANGUAGE sql STABLE RETURN 1;\n",
    good: "CREATE FUNCTION price_of(id bigint, currency text) RETURNS numeric LANGUAGE sql STABLE RETURN 1;\n",
  },
  routineNotReplaceable: {
    code: "migration/function-not-replaceable",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "OR REPLACE changes what it cannot", ja: "OR REPLACEで変えられないものを変えている" },
    why: {
      en: "PostgreSQL refuses to replace a function by one whose parameters have other names or fewer defaults, or that returns another type: the migration fails.",
      ja: "PostgreSQLは、引数の名前や戻り値の型が違う関数、引数の既定値が減る関数への置き換えを拒否するため、マイグレーションは失敗する。",
    },
    reason: {
      en: "{name} was made with {before}; the replacement has {after}.",
      ja: "{name} は {before} で作られているが、置き換えでは {after} になっている。",
    },
    remedy: {
      en: "Keep names, defaults and result; make the new shape under another name beside the old one.",
      ja: "名前、既定値、戻り値を変えない。新しい形は別の名前で従来のものと並べて作る。",
    },
    bad: {
      "migrations/0001_price.sql":
        "CREATE FUNCTION price_of(item bigint) RETURNS numeric LANGUAGE sql STABLE RETURN 1;\n",
      "migrations/0002_price.sql":
        "CREATE OR REPLACE FUNCTION price_of(id bigint) RETURNS numeric LANGUAGE sql STABLE RETURN 2;\n",
    },
    good: {
      "migrations/0001_price.sql":
        "CREATE FUNCTION price_of(item bigint) RETURNS numeric LANGUAGE sql STABLE RETURN 1;\n",
      "migrations/0002_price.sql":
        "CREATE OR REPLACE FUNCTION price_of(item bigint) RETURNS numeric LANGUAGE sql STABLE RETURN 2;\n",
    },
  },
  routineRecreated: {
    code: "migration/function-recreated",
    severity: "info",
    commitments: ["INV-OPS-003", "RF-155"],
    title: { en: "A function is dropped and made again", ja: "関数を削除して作り直している" },
    why: {
      en: "Its grants are lost, and without a transaction it is missing in between.",
      ja: "権限が失われ、トランザクションがなければ一時的に存在しなくなる。",
    },
    reason: { en: "{name} is dropped and made again.", ja: "{name} を削除して作り直している。" },
    remedy: {
      en: "Use CREATE OR REPLACE where the result type stays; repeat the GRANTs otherwise.",
      ja: "戻り値の型が変わらなければCREATE OR REPLACEを使う。変わるならGRANTをやり直す。",
    },
    bad: "DROP FUNCTION price_of(bigint);\nCREATE FUNCTION price_of(id bigint) RETURNS numeric LANGUAGE sql STABLE RETURN 1;\n",
    good: "CREATE OR REPLACE FUNCTION price_of(id bigint) RETURNS numeric LANGUAGE sql STABLE RETURN 1;\n",
  },
  dropType: {
    code: "migration/drop-type",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A type or domain is dropped", ja: "型やドメインを削除している" },
    why: {
      en: "The running version casts to the type by its name and has its number cached; such statements fail.",
      ja: "稼働中の版は型を名前でキャストし、その番号を覚えている。そうした文が失敗する。",
    },
    reason: { en: "The type {name} is dropped.", ja: "型 {name} を削除する。" },
    remedy: CONTRACT_REMEDY,
    bad: "DROP TYPE mood;\n",
    good: "CREATE TYPE mood AS ENUM ('ok', 'bad');\n",
  },
  dropSchema: {
    code: "migration/drop-schema",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A schema is dropped", ja: "スキーマを削除している" },
    why: {
      en: "Everything in it goes with it, and every version that uses any of it fails.",
      ja: "中のものがすべて失われ、そのどれかを使う版はすべて失敗する。",
    },
    reason: { en: "The schema {name} is dropped.", ja: "スキーマ {name} を削除する。" },
    remedy: CONTRACT_REMEDY,
    bad: "DROP SCHEMA billing CASCADE;\n",
    good: "CREATE SCHEMA billing;\n",
  },
  dropSequence: {
    code: "migration/drop-sequence",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A sequence is dropped", ja: "シーケンスを削除している" },
    why: {
      en: "INSERTs of the running version take their keys from it; its position is gone for good.",
      ja: "稼働中の版のINSERTはここから鍵を取る。現在の値は二度と戻らない。",
    },
    reason: { en: "The sequence {name} is dropped.", ja: "シーケンス {name} を削除する。" },
    remedy: CONTRACT_REMEDY,
    bad: "DROP SEQUENCE invoice_numbers;\n",
    good: "CREATE SEQUENCE invoice_numbers;\n",
  },
});
