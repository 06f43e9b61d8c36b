import { checks } from "../../check.ts";
import { COMPATIBILITY } from "./drops.ts";

const TWO_STEPS = {
  en: "Add the new name beside the old one (a new column with a trigger that copies, or a view under the old name), move the code, and take the old name away in a later migration.",
  ja: "新しい名前を古い名前と並べて用意し（複製するトリガー付きの新しい列や、古い名前のビュー）、コードを移してから、後のマイグレーションで古い名前を取り除く。",
};
const WHY = {
  en: "The running version knows only the old name and fails in the moment of the rename; the new one fails until it. No order of deploy and migration avoids that.",
  ja: "稼働中の版は古い名前しか知らず、名前を変えた瞬間に失敗する。新しい版はそれまで失敗する。デプロイとマイグレーションをどの順にしても避けられない。",
};

/** Names that change under the running version. */
export const RENAME_CHECKS = checks({
  renameColumn: {
    code: "migration/rename-column",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A column is renamed", ja: "列の名前を変えている" },
    why: WHY,
    reason: { en: "{table}.{column} is renamed to {to}.", ja: "{table}.{column} の名前を {to} に変える。" },
    remedy: TWO_STEPS,
    bad: "ALTER TABLE users RENAME COLUMN name TO full_name;\n",
    good: "ALTER TABLE users ADD COLUMN full_name text;\n",
  },
  renameTable: {
    code: "migration/rename-table",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A table, view or sequence is renamed", ja: "表、ビュー、シーケンスの名前を変えている" },
    why: WHY,
    reason: { en: "{name} is renamed to {to}.", ja: "{name} の名前を {to} に変える。" },
    remedy: TWO_STEPS,
    bad: "ALTER TABLE users RENAME TO people;\n",
    good: "CREATE VIEW people AS SELECT id, name FROM users;\n",
  },
  renameObject: {
    code: "migration/rename-object",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A type, schema or function is renamed", ja: "型、スキーマ、関数の名前を変えている" },
    why: WHY,
    reason: { en: "{name} is renamed to {to}.", ja: "{name} の名前を {to} に変える。" },
    remedy: TWO_STEPS,
    bad: "ALTER TYPE mood RENAME TO feeling;\n",
    good: "CREATE TYPE feeling AS ENUM ('ok', 'bad');\n",
  },
  renameEnumValue: {
    code: "migration/rename-enum-value",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A value of an enum is renamed", ja: "列挙型の値の名前を変えている" },
    why: {
      en: "The running version writes and compares the old value, which the type then refuses, and reads the new one, which it does not know.",
      ja: "稼働中の版は古い値を書き、比べる。型はそれを受け付けなくなり、逆に知らない新しい値を読むことになる。",
    },
    reason: { en: "'{value}' of {name} becomes '{to}'.", ja: "{name} の '{value}' が '{to}' になる。" },
    remedy: {
      en: "Add the new value, move the code and the rows, and leave the old value in the type.",
      ja: "新しい値を追加し、コードと行を移し、古い値は型に残しておく。",
    },
    bad: "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';\n",
    good: "ALTER TYPE mood ADD VALUE 'fine';\n",
  },
  enumValueRemoved: {
    code: "migration/enum-value-removed",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A value of an enum is taken away", ja: "列挙型の値を取り除いている" },
    why: {
      en: "The running version still writes the value, and the new type refuses it; rows that hold it stop the conversion half way.",
      ja: "稼働中の版はまだこの値を書くが、新しい型は受け付けない。この値を持つ行があれば変換が途中で止まる。",
    },
    reason: {
      en: "{name} is made anew without: {values}.",
      ja: "{name} を次の値なしで作り直している: {values}。",
    },
    remedy: {
      en: "Leave the value in the type and forbid it in the application; adding a value needs only ALTER TYPE … ADD VALUE.",
      ja: "値は型に残し、アプリケーション側で使わないようにする。値の追加だけならALTER TYPE … ADD VALUEで足りる。",
    },
    bad: {
      "migrations/0001-create.sql": "CREATE TYPE mood AS ENUM ('ok', 'bad', 'odd');\n",
      "migrations/0002-change.sql":
        "ALTER TYPE mood RENAME TO mood_old;\nCREATE TYPE mood AS ENUM ('ok', 'bad');\nDROP TYPE mood_old;\n",
    },
    good: {
      "migrations/0001-create.sql": "CREATE TYPE mood AS ENUM ('ok', 'bad', 'odd');\n",
      "migrations/0002-change.sql": "ALTER TYPE mood ADD VALUE 'fine';\n",
    },
  },
  setSchema: {
    code: "migration/set-schema",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "Something is moved to another schema", ja: "別のスキーマに移している" },
    why: {
      en: "The running version finds it by its old schema or search_path and fails.",
      ja: "稼働中の版は古いスキーマやsearch_pathで探すため、失敗する。",
    },
    reason: { en: "{name} moves to the schema {to}.", ja: "{name} をスキーマ {to} に移す。" },
    remedy: {
      en: "Leave a view under the old name in the same transaction, move the code, and drop the view later.",
      ja: "同じトランザクションで古い名前のビューを残し、コードを移し、後でビューを削除する。",
    },
    bad: "ALTER TABLE invoices SET SCHEMA billing;\n",
    good: "CREATE VIEW billing.invoices AS SELECT id FROM public.invoices;\n",
  },
  exchanged: {
    code: "migration/name-exchanged",
    severity: "warn",
    commitments: ["INV-OPS-003", "RF-155"],
    title: { en: "A name is given to something else", ja: "名前を別のものに付け替えている" },
    why: {
      en: "The running version goes on with what now has the name. That works only when it has the same columns, accepts the same writes and has all rows written meanwhile.",
      ja: "稼働中の版は、その名前の新しい持ち主を使い続ける。同じ列を持ち、同じ書き込みを受け付け、その間に書かれた行をすべて持つ場合にだけ成り立つ。",
    },
    reason: { en: "{name} becomes something else in one step.", ja: "{name} が一度に別のものになる。" },
    remedy: {
      en: "Keep both in step by a trigger before, exchange the names in one transaction, and check that the view or table accepts what the running version writes.",
      ja: "事前にトリガーで両者を揃え、一つのトランザクションで名前を入れ替え、稼働中の版の書き込みを受け付けることを確かめる。",
    },
    bad: "BEGIN;\nSET LOCAL lock_timeout = '2s';\nALTER TABLE users RENAME TO people;\nCREATE VIEW users AS SELECT id, name FROM people;\nCOMMIT;\n",
    good: "CREATE VIEW people AS SELECT id, name FROM users;\n",
  },
  renameRole: {
    code: "migration/rename-role",
    severity: "block",
    commitments: ["INV-OPS-003", "RF-155"],
    title: { en: "A role is renamed", ja: "ロールの名前を変えている" },
    why: {
      en: "Whoever connects as this role is refused from then on.",
      ja: "このロールで接続する者は、以後拒まれる。",
    },
    reason: { en: "The role {name} becomes {to}.", ja: "ロール {name} が {to} になる。" },
    remedy: {
      en: "Make a second role with the same rights, move the connections, and drop the old one later.",
      ja: "同じ権限の別のロールを作り、接続を移してから、後で古いロールを削除する。",
    },
    bad: "ALTER ROLE reporting RENAME TO analytics;\n",
    good: "CREATE ROLE analytics NOLOGIN;\n",
  },
});
