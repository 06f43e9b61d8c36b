import { checks } from "../../check.ts";
import { COMPATIBILITY } from "./drops.ts";

const MAYBE = ["INV-OPS-003", "INV-015", "RF-155"];
const USERS =
  "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(100) NOT NULL DEFAULT '', age bigint);\n";

/** What the running version writes and the new schema refuses. */
export const OLD_WRITE_CHECKS = checks({
  requiredColumn: {
    code: "migration/required-column",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A new column is required and has no default", ja: "新しい列が必須なのに既定値がない" },
    why: {
      en: "The running version does not know the column, so each of its INSERTs fails; on a table with rows the statement itself fails. A rollback does not help, for it brings back that version.",
      ja: "稼働中の版はこの列を知らないため、INSERTがすべて失敗する。行のある表では文そのものが失敗する。ロールバックしてもその版に戻るだけである。",
    },
    reason: {
      en: "{table}.{column} is NOT NULL without a default; INSERTs of the running version do not give it.",
      ja: "{table}.{column} は既定値のないNOT NULLだが、稼働中の版のINSERTはこの列を渡さない。",
    },
    remedy: {
      en: "Give it a constant DEFAULT that stays, or add it nullable and make it NOT NULL after the code that writes it is live everywhere.",
      ja: "定数のDEFAULTを付けて残す。またはNULL可で追加し、書き込むコードが行き渡ってからNOT NULLにする。",
    },
    bad: "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN plan text NOT NULL;\n",
    good: "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'free';\n",
  },
  sameValueUnique: {
    code: "migration/unique-column-with-default",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A unique column starts with one value for all", ja: "一意の列に全行同じ値が入る" },
    why: {
      en: "Every row that is there gets the same default, so the unique index cannot be built; and of the running version only one INSERT succeeds.",
      ja: "既存の行すべてに同じ既定値が入るため一意インデックスを作れない。稼働中の版のINSERTも一件しか成功しない。",
    },
    reason: {
      en: "{table}.{column} is UNIQUE with a constant default.",
      ja: "{table}.{column} は定数の既定値を持つUNIQUEである。",
    },
    remedy: {
      en: "Add the column without a default and UNIQUE, fill it, and build the unique index CONCURRENTLY afterwards.",
      ja: "既定値もUNIQUEもなしに列を追加し、値を埋めてから、一意インデックスをCONCURRENTLYで作る。",
    },
    bad: "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN code text UNIQUE DEFAULT 'none';\n",
    good: "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN code text;\n",
  },
  notNullOldWrites: {
    code: "migration/not-null-old-writes",
    severity: "warn",
    commitments: MAYBE,
    title: { en: "A column without a default becomes required", ja: "既定値のない列が必須になる" },
    why: {
      en: "A version that still leaves the column out, or writes NULL, fails from this moment; so does the one that a rollback brings back.",
      ja: "この列を書かない、またはNULLを書く版は、この瞬間から失敗する。ロールバックで戻る版も同じである。",
    },
    reason: {
      en: "{table}.{column} becomes NOT NULL and has no known default.",
      ja: "{table}.{column} がNOT NULLになるが、既定値は知られていない。",
    },
    remedy: {
      en: "Make sure that every live version and the one before write the column, or give it a default first.",
      ja: "稼働中の版とその前の版がすべてこの列を書くことを確かめるか、先に既定値を付ける。",
    },
    bad: {
      "migrations/0001-create.sql": USERS,
      "migrations/0002-require.sql":
        "SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN age SET NOT NULL;\n",
    },
    good: {
      "migrations/0001-create.sql": USERS,
      "migrations/0002-require.sql":
        "SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN age SET DEFAULT 0;\n",
    },
  },
  dropDefault: {
    code: "migration/drop-default",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A required column loses its default", ja: "必須の列から既定値がなくなる" },
    why: {
      en: "A version that leaves the column to its default fails from this moment. Adding a NOT NULL column with a default and dropping that default right away is the same break in two statements.",
      ja: "この列を既定値に任せる版は、この瞬間から失敗する。既定値付きのNOT NULL列を足してすぐ既定値を外すのも、二文に分けた同じ破壊である。",
    },
    reason: { en: "{table}.{column} loses what fills it.", ja: "{table}.{column} を埋めるものがなくなる。" },
    remedy: {
      en: "Keep the default until no live version, and none that a rollback may bring back, leaves the column out.",
      ja: "この列を書かない版が稼働せず、ロールバックで戻ることもなくなるまで、既定値を残す。",
    },
    bad: {
      "migrations/0001-create.sql": USERS,
      "migrations/0002-change.sql":
        "SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN name DROP DEFAULT;\n",
    },
    good: {
      "migrations/0001-create.sql": USERS,
      "migrations/0002-change.sql":
        "SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN name SET DEFAULT 'none';\n",
    },
  },
  newUnique: {
    code: "migration/new-unique",
    severity: "warn",
    commitments: MAYBE,
    title: { en: "Rows must be unique from now on", ja: "以後、行が一意でなければならない" },
    why: {
      en: "The running version may write duplicates and then fails where it did not before; duplicates that are there stop the migration.",
      ja: "稼働中の版は重複を書きうるため、これまで成功した書き込みが失敗する。既にある重複はマイグレーションを止める。",
    },
    reason: { en: "{table} gets a unique rule ({name}).", ja: "{table} に一意性の規則（{name}）が付く。" },
    remedy: {
      en: "Look for duplicates first, and make sure that every live version handles the refusal.",
      ja: "先に重複を調べ、稼働中のどの版も拒否を扱えることを確かめる。",
    },
    bad: "CREATE UNIQUE INDEX CONCURRENTLY one_email ON users (email);\n",
    good: "CREATE INDEX CONCURRENTLY by_email ON users (email);\n",
  },
  newCheck: {
    code: "migration/new-check",
    severity: "warn",
    commitments: MAYBE,
    title: { en: "Values are checked from now on", ja: "以後、値が検査される" },
    why: {
      en: "The running version may write what the check refuses; NOT VALID spares the rows that are there, not new writes.",
      ja: "稼働中の版は、検査が拒む値を書きうる。NOT VALIDが見逃すのは既存の行だけで、新しい書き込みは検査される。",
    },
    reason: { en: "{table} gets a check ({name}).", ja: "{table} に検査（{name}）が付く。" },
    remedy: {
      en: "Make sure that no live version writes such values, and none that a rollback may bring back.",
      ja: "そうした値を書く版が稼働せず、ロールバックで戻ることもないことを確かめる。",
    },
    bad: "SET lock_timeout = '2s';\nALTER TABLE users ADD CONSTRAINT grown CHECK (age >= 18) NOT VALID;\n",
    good: "SET lock_timeout = '2s';\nALTER TABLE users VALIDATE CONSTRAINT grown;\n",
  },
  identityAlways: {
    code: "migration/identity-always",
    severity: "block",
    commitments: MAYBE,
    title: {
      en: "A column refuses values that the application gives",
      ja: "アプリケーションの渡す値を列が拒むようになる",
    },
    why: {
      en: "GENERATED ALWAYS refuses every INSERT that names the column; the running version may do that.",
      ja: "GENERATED ALWAYSは、この列を名指しするINSERTをすべて拒む。稼働中の版がそうしているかもしれない。",
    },
    reason: {
      en: "{table}.{column} becomes GENERATED ALWAYS.",
      ja: "{table}.{column} がGENERATED ALWAYSになる。",
    },
    remedy: { en: "Use GENERATED BY DEFAULT.", ja: "GENERATED BY DEFAULTを使う。" },
    bad: "SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;\n",
    good: "SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;\n",
  },
  typeNarrowed: {
    code: "migration/type-narrowed",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A column's type becomes narrower", ja: "列の型が狭くなる" },
    why: {
      en: "The running version writes values that no longer fit, and values that are there are cut or stop the migration.",
      ja: "稼働中の版はもう収まらない値を書く。既存の値は切り捨てられるか、マイグレーションを止める。",
    },
    reason: {
      en: "{table}.{column} goes from {from} to {to}.",
      ja: "{table}.{column} が {from} から {to} になる。",
    },
    remedy: {
      en: "Keep the type and add a CHECK … NOT VALID for the new limit, or move to a new column in steps.",
      ja: "型はそのままで新しい上限をCHECK … NOT VALIDで足すか、段階を踏んで新しい列に移す。",
    },
    bad: {
      "migrations/0001-create.sql": USERS,
      "migrations/0002-change.sql":
        "SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN name TYPE varchar(20);\n",
    },
    good: {
      "migrations/0001-create.sql": USERS,
      "migrations/0002-change.sql":
        "SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN name TYPE varchar(200);\n",
    },
  },
  typeChanged: {
    code: "migration/type-changed",
    severity: "block",
    commitments: COMPATIBILITY,
    title: { en: "A column gets another type", ja: "列が別の型になる" },
    why: {
      en: "The running version compares, binds and reads the column as its old type; such statements fail or mean something else.",
      ja: "稼働中の版は従来の型で列を比べ、値を渡し、読む。そうした文が失敗するか、意味が変わる。",
    },
    reason: {
      en: "{table}.{column} goes from {from} to {to}.",
      ja: "{table}.{column} が {from} から {to} になる。",
    },
    remedy: {
      en: "Add a column of the new type, fill it by trigger and in batches, move the code, and drop the old one later.",
      ja: "新しい型の列を足し、トリガーと小分けの更新で値を埋め、コードを移し、後で古い列を削除する。",
    },
    bad: {
      "migrations/0001-create.sql": USERS,
      "migrations/0002-change.sql":
        "SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN name TYPE jsonb USING to_jsonb(name);\n",
    },
    good: {
      "migrations/0001-create.sql": USERS,
      "migrations/0002-change.sql":
        "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN name_parts jsonb;\n",
    },
  },
  typeMayNarrow: {
    code: "migration/type-may-narrow",
    severity: "warn",
    commitments: MAYBE,
    title: { en: "A column's type may become narrower", ja: "列の型が狭くなるかもしれない" },
    why: {
      en: "What the type was is not in this history, so whether old values and old writes still fit cannot be seen.",
      ja: "以前の型がこの履歴にないため、既存の値や従来の書き込みが収まるか分からない。",
    },
    reason: {
      en: "{table}.{column} becomes {to}; what it was is not known.",
      ja: "{table}.{column} が {to} になるが、以前の型は分からない。",
    },
    remedy: {
      en: "Check the whole history at once (give the folder), or make sure that the type was narrower before.",
      ja: "履歴全体をまとめて検査する（フォルダーを指定する）か、以前の型の方が狭かったことを確かめる。",
    },
    bad: "SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN name TYPE varchar(200);\n",
    good: "SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN name TYPE text;\n",
  },
  lossyConversion: {
    code: "migration/lossy-conversion",
    severity: "block",
    commitments: ["INV-OPS-003", "INV-OPS-004", "INV-016", "GL-067"],
    title: { en: "A conversion throws values away", ja: "変換が値を捨てている" },
    why: {
      en: "The old values are nowhere else. When the conversion turns out to be wrong, only a backup has them.",
      ja: "元の値は他のどこにもない。変換の誤りが分かっても、残っているのはバックアップだけである。",
    },
    reason: {
      en: "The USING of {table}.{column} does not keep the whole value.",
      ja: "{table}.{column} のUSINGが値の全部を保っていない。",
    },
    remedy: {
      en: "Write the converted value into a new column and keep the old one until the rollback window is past.",
      ja: "変換した値は新しい列に書き、ロールバック可能期間が過ぎるまで元の列を残す。",
    },
    bad: "SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN name TYPE text USING '';\n",
    good: "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN short_name text;\n",
  },
});
