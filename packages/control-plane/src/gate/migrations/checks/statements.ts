import { checks } from "../../check.ts";

const COLUMN = "ALTER TABLE orders ADD COLUMN note text;\n";

/** What of a script could not be read or followed. */
export const READING_SQL_CHECKS = checks({
  unparseable: {
    code: "migration/unparseable",
    severity: "block",
    commitments: ["INV-032"],
    title: { en: "PostgreSQL cannot parse the file", ja: "PostgreSQLが構文を解釈できない" },
    why: {
      en: "A file that PostgreSQL's own parser refuses fails in the middle of a deployment, and nothing in it could be checked.",
      ja: "PostgreSQLの構文解析器が受け付けないファイルはデプロイの途中で失敗する。中身も検査できていない。",
    },
    reason: { en: "PostgreSQL says: {message}.", ja: "PostgreSQLの応答: {message}。" },
    remedy: {
      en: "Correct the statement. Fill in placeholders of the migration tool before the check.",
      ja: "文を直す。マイグレーションツールの差し込み変数は、検査の前に展開しておく。",
    },
    bad: "ALTER TABEL orders ADD COLUMN note text;\n",
    good: COLUMN,
    undecided: true,
  },
  psqlCommand: {
    code: "migration/psql-command",
    severity: "block",
    commitments: ["INV-032"],
    title: { en: "A psql command that cannot be followed", ja: "追跡できないpsqlコマンド" },
    why: {
      en: "psql commands bring in other files, variables or connections, so what really runs does not stand in the file.",
      ja: "psqlのコマンドは別のファイル、変数、接続を持ち込むため、実際に実行されるものがこのファイルからは分からない。",
    },
    reason: { en: "{message} decides what runs.", ja: "{message} によって実行内容が変わる。" },
    remedy: {
      en: "Write the SQL itself into the migration.",
      ja: "SQLをマイグレーションに直接書く。",
    },
    bad: `\\i tables.sql\n${COLUMN}`,
    good: `\\set ON_ERROR_STOP on\n${COLUMN}`,
    undecided: true,
  },
  procedureUnreadable: {
    code: "migration/procedure-unreadable",
    severity: "block",
    commitments: ["INV-032"],
    title: { en: "A procedure that runs cannot be read", ja: "実行される手続きを読めない" },
    why: {
      en: "A DO block or a called function runs whatever is in it. In another language, or with an error in it, that is unknown.",
      ja: "DOブロックや呼び出した関数は中身をすべて実行する。別の言語や誤りのある本体では、何が起きるか分からない。",
    },
    reason: { en: "The body could not be read: {what}.", ja: "本体を読めない: {what}。" },
    remedy: {
      en: "Write it in SQL or PL/pgSQL, and correct what PostgreSQL refuses.",
      ja: "SQLまたはPL/pgSQLで書き、PostgreSQLが受け付けない箇所を直す。",
    },
    bad: "DO LANGUAGE plpython3u $$ plpy.execute(query) $$;\n",
    good: "DO $$ BEGIN PERFORM 1; END $$;\n",
    undecided: true,
  },
  dynamicSqlUndecidable: {
    code: "migration/dynamic-sql-undecidable",
    severity: "block",
    commitments: ["INV-032"],
    title: { en: "Dynamic SQL whose text cannot be known", ja: "内容を確定できない動的SQL" },
    why: {
      en: "SQL put together from data can lock, rewrite or drop anything. Nobody can review it before it runs.",
      ja: "データから組み立てたSQLは、何をロックし、書き換え、削除するか分からない。実行前に誰もレビューできない。",
    },
    reason: {
      en: "What this EXECUTE runs depends on data: {what}",
      ja: "このEXECUTEの実行内容はデータに依存する: {what}",
    },
    remedy: {
      en: "Write the statements out, or loop over an array of constants.",
      ja: "文をそのまま書き並べるか、定数の配列を回すループにする。",
    },
    bad: `DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN note text', r.tablename);
  END LOOP;
END $$;
`,
    good: `SET lock_timeout = '2s';
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['orders', 'items'] LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN note text', t);
  END LOOP;
END $$;
`,
  },
});
