import { checks } from "../../check.ts";

const NOTES = "CREATE TABLE notes (id bigint PRIMARY KEY, body text);\n";

/** What cannot run after the migrations before it. */
export const CONTRADICTION_CHECKS = checks({
  isThere: {
    code: "migration/already-there",
    severity: "block",
    commitments: ["INV-OPS-003", "INV-032"],
    title: { en: "Makes what is there already", ja: "既にあるものを作ろうとしている" },
    why: {
      en: "An earlier statement of this history made it. The migration fails, and the deployment stops halfway.",
      ja: "この履歴の以前の文が既に作っている。マイグレーションは失敗し、デプロイが途中で止まる。",
    },
    reason: { en: "{name} is there already.", ja: "{name} は既に存在する。" },
    remedy: {
      en: "Leave the statement out, or give the new object another name.",
      ja: "この文を削除するか、新しいものに別の名前を付ける。",
    },
    bad: {
      "migrations/0001_notes.sql": NOTES,
      "migrations/0002_notes.sql": "SET lock_timeout = '2s';\nALTER TABLE notes ADD COLUMN body text;\n",
    },
    good: {
      "migrations/0001_notes.sql": NOTES,
      "migrations/0002_notes.sql": "SET lock_timeout = '2s';\nALTER TABLE notes ADD COLUMN title text;\n",
    },
  },
  isNotThere: {
    code: "migration/column-not-there",
    severity: "block",
    commitments: ["INV-OPS-003", "INV-032"],
    title: { en: "Names a column that is not there", ja: "存在しない列を指している" },
    why: {
      en: "The history made the table without that column. The migration fails, and the deployment stops halfway.",
      ja: "この履歴で作られた表にその列はない。マイグレーションは失敗し、デプロイが途中で止まる。",
    },
    reason: { en: "{table} has no column {column}.", ja: "{table} に列 {column} がない。" },
    remedy: { en: "Correct the name, or add the column first.", ja: "名前を直すか、先に列を追加する。" },
    bad: {
      "migrations/0001_notes.sql": NOTES,
      "migrations/0002_notes.sql":
        "SET lock_timeout = '2s';\nALTER TABLE notes ALTER COLUMN title SET DEFAULT '';\n",
    },
    good: {
      "migrations/0001_notes.sql": NOTES,
      "migrations/0002_notes.sql":
        "SET lock_timeout = '2s';\nALTER TABLE notes ALTER COLUMN body SET DEFAULT '';\n",
    },
  },
});
