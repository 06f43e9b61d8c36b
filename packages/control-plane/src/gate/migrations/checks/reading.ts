import { checks } from "../../check.ts";

const lines = (...text: string[]): string => `${text.join("\n")}\n`;
const TABLE = lines("CREATE TABLE notes (id bigint PRIMARY KEY, body text NOT NULL);");

/** What is wrong with the files themselves. */
export const READING_CHECKS = checks({
  unreadable: {
    code: "migration/unreadable",
    severity: "block",
    commitments: ["GL-075", "INV-032"],
    title: { en: "A migration could not be read", ja: "マイグレーションを読めない" },
    why: {
      en: "What was not read was not checked. A file that is missing, is no UTF-8 text or holds a NUL character may run something else than what was looked at.",
      ja: "読めなかったものは検査していない。ファイルがない、UTF-8でない、NUL文字を含むといった場合、見たものと実行されるものが食い違いうる。",
    },
    reason: {
      en: "This migration could not be read: {why}.",
      ja: "このマイグレーションを読めない（{why}）。",
    },
    remedy: {
      en: "Give the path of a readable file and save it as UTF-8 text.",
      ja: "読めるファイルのパスを指定し、UTF-8のテキストとして保存する。",
    },
    bad: "CREATE TABLE notes (id bigint PRIMARY KEY);\0DROP TABLE users;\n",
    good: TABLE,
    undecided: true,
  },
  nothingFound: {
    code: "migration/nothing-found",
    severity: "block",
    commitments: ["INV-032"],
    title: { en: "No SQL migration in the folder", ja: "フォルダーにSQLのマイグレーションがない" },
    why: {
      en: "A check that looks at nothing must not turn green: a moved folder or a wrong path would look like a pass.",
      ja: "何も見ていない検査を緑にしてはならない。フォルダーの移動やパスの誤りが合格に見えてしまう。",
    },
    reason: { en: "{path} holds no .sql file.", ja: "{path} に .sql ファイルがない。" },
    remedy: {
      en: "Give the folder that holds the migrations, or set `paths` under `migration` in toban.check.json.",
      ja: "マイグレーションのあるフォルダーを指定するか、toban.check.json の `migration` の `paths` に書く。",
    },
    bad: {
      "migrations/README.md": "Migrations\n",
      "migrations/create-notes.js": "export const up = () => {};\n",
    },
    good: { "migrations/README.md": "Migrations\n", "migrations/0001-create-notes.sql": TABLE },
    undecided: true,
  },
  notSql: {
    code: "migration/not-sql",
    severity: "block",
    commitments: ["INV-032"],
    title: { en: "A step of the history is a program", ja: "履歴の一段がプログラムである" },
    why: {
      en: "The history also runs code that is no SQL. What it does to the schema is unknown, so is everything after it.",
      ja: "履歴の中でSQLではないコードも実行される。スキーマに何をするか分からないため、それ以降も判断できない。",
    },
    reason: {
      en: "This step of the history is no SQL file; what it changes cannot be seen.",
      ja: "履歴のこの段はSQLファイルではなく、何を変えるかが見えない。",
    },
    remedy: {
      en: "Write the step in SQL, or give the rendered SQL to `toban check migrations`.",
      ja: "この段をSQLで書くか、生成されたSQLを `toban check migrations` に渡す。",
    },
    bad: {
      "migrations/0001-create-notes.sql": TABLE,
      "migrations/0002-change-notes.js": "exports.up = () => {};\n",
    },
    good: {
      "migrations/0001-create-notes.sql": TABLE,
      "migrations/index.js": "export const folder = '.';\n",
    },
    undecided: true,
  },
  empty: {
    code: "migration/empty",
    severity: "block",
    commitments: ["INV-032"],
    title: { en: "An empty migration", ja: "空のマイグレーション" },
    why: {
      en: "A file without a statement is most often one that was forgotten or cut off while it was saved or merged. Once it counts as applied, its content never runs.",
      ja: "文のないファイルは、書き忘れか、保存やマージの途中で失われたものが多い。適用済みとなった後では中身は二度と実行されない。",
    },
    reason: { en: "This migration has nothing to run.", ja: "このマイグレーションには実行するものがない。" },
    remedy: {
      en: "Write its statements or remove the file; if it is empty on purpose say so in a comment.",
      ja: "文を書くかファイルを削除する。意図して空にするなら、その旨をコメントに書く。",
    },
    bad: "\n",
    good: "-- 0007 was withdrawn before it shipped; the number stays taken.\n",
    undecided: true,
  },
  onlyComments: {
    code: "migration/only-comments",
    severity: "info",
    commitments: ["INV-032"],
    title: { en: "A migration that holds only comments", ja: "コメントだけのマイグレーション" },
    why: {
      en: "It changes nothing but takes its place in the history.",
      ja: "何も変えないが、履歴の中で番号を占める。",
    },
    reason: { en: "This migration holds only comments.", ja: "このマイグレーションはコメントだけである。" },
    remedy: {
      en: "Nothing to do when that is meant; otherwise take the statements out of the comments.",
      ja: "意図したものなら対応は不要。そうでなければ文をコメントの外に出す。",
    },
    bad: "-- ALTER TABLE notes ADD COLUMN author text;\n",
    good: TABLE,
  },
  sameVersion: {
    code: "migration/same-version",
    severity: "block",
    commitments: ["GL-042", "INV-022"],
    title: { en: "Two migrations of the same version", ja: "同じ版のマイグレーションが二つある" },
    why: {
      en: "Runners remember versions. Of two with the same one, the second fails the deploy or is skipped without a word, and which it is depends on the order of the branches.",
      ja: "実行ツールは版を記録する。同じ版が二つあると、後の方はデプロイを失敗させるか黙って飛ばされ、どちらになるかはブランチの順で変わる。",
    },
    reason: { en: "{other} has the same version.", ja: "{other} と版が同じである。" },
    remedy: {
      en: "Give the newer one, which has not shipped yet, the next version.",
      ja: "まだ出荷していない新しい方に次の版を付ける。",
    },
    bad: { "sql/V2__create_notes.sql": TABLE, "sql/V2__create_tags.sql": TABLE.replace("notes", "tags") },
    good: { "sql/V2__create_notes.sql": TABLE, "sql/V3__create_tags.sql": TABLE.replace("notes", "tags") },
  },
  downAlone: {
    code: "migration/down-without-up",
    severity: "warn",
    commitments: ["INV-019", "GL-068"],
    title: { en: "A way back without a way there", ja: "往路のない復路" },
    why: {
      en: "An undo script that belongs to no migration never runs, or undoes something else.",
      ja: "どのマイグレーションにも属さない取り消しは、実行されないか、別のものを取り消す。",
    },
    reason: {
      en: "No migration of the same version or name belongs to this one.",
      ja: "同じ版または名前のマイグレーションがない。",
    },
    remedy: {
      en: "Give it the name and version of the migration that it undoes.",
      ja: "取り消す対象のマイグレーションと同じ名前と版にする。",
    },
    bad: {
      "migrations/1_create_notes.up.sql": TABLE,
      "migrations/1_create_notes.down.sql": "DROP TABLE notes;\n",
      "migrations/2_create_tags.down.sql": "DROP TABLE tags;\n",
    },
    good: {
      "migrations/1_create_notes.up.sql": TABLE,
      "migrations/1_create_notes.down.sql": "DROP TABLE notes;\n",
    },
  },
});
