import { checks } from "../../check.ts";

const COMMITMENTS = ["GL-074", "INV-032"];
const SAFE = "SET lock_timeout = '2s';\n";

/** Changes of columns that rewrite or read a whole table under ACCESS EXCLUSIVE. */
export const COLUMN_CHECKS = checks({
  addVolatileDefault: {
    code: "migration/add-column-volatile-default",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "New column with a volatile default", ja: "揮発性の既定値を持つ列の追加" },
    why: {
      en: "A default that differs from row to row is computed for every row at once: the table and its indexes are rewritten under ACCESS EXCLUSIVE.",
      ja: "行ごとに異なる既定値は全行について一度に計算される。ACCESS EXCLUSIVEロックの下でテーブルとインデックスが書き直される。",
    },
    reason: {
      en: "{function}() is volatile: adding {table}.{column} rewrites the table while nobody can read it.",
      ja: "{function}() は揮発性であり、{table}.{column} の追加でテーブル全体が書き直される。その間は読み取りもできない。",
    },
    remedy: {
      en: "Add the column without a default, SET DEFAULT in a second statement, and fill old rows in batches.",
      ja: "既定値なしで列を追加し、別の文で SET DEFAULT を行い、既存の行は小分けに埋める。",
    },
    bad: "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();\n",
    good: `${SAFE}ALTER TABLE orders ADD COLUMN token uuid;
ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid();
`,
  },
  addUnknownDefault: {
    code: "migration/add-column-unknown-default",
    severity: "warn",
    commitments: COMMITMENTS,
    title: {
      en: "New column whose default calls an unknown function",
      ja: "既定値で未知の関数を呼ぶ列の追加",
    },
    why: {
      en: "If the function is volatile, as functions are unless they say otherwise, the whole table is rewritten under ACCESS EXCLUSIVE.",
      ja: "関数は指定がなければ揮発性である。揮発性なら、ACCESS EXCLUSIVEロックの下でテーブル全体が書き直される。",
    },
    reason: {
      en: "The history does not define {function}(); if it is volatile, adding {table}.{column} rewrites the table.",
      ja: "{function}() の定義が履歴にない。揮発性なら {table}.{column} の追加でテーブルが書き直される。",
    },
    remedy: {
      en: "Add the column without a default and SET DEFAULT in a second statement.",
      ja: "既定値なしで列を追加し、別の文で SET DEFAULT を行う。",
    },
    bad: "ALTER TABLE orders ADD COLUMN code text DEFAULT next_order_code();\n",
    good: `${SAFE}ALTER TABLE orders ADD COLUMN code text;
ALTER TABLE orders ALTER COLUMN code SET DEFAULT next_order_code();
`,
  },
  addSerialColumn: {
    code: "migration/add-column-serial",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "New serial or identity column", ja: "serial列・identity列の追加" },
    why: {
      en: "Every row gets its number at once: the table is rewritten under ACCESS EXCLUSIVE.",
      ja: "全行に一度に番号が振られるため、ACCESS EXCLUSIVEロックの下でテーブルが書き直される。",
    },
    reason: {
      en: "Adding {table}.{column} numbers every row and rewrites the table while nobody can read it.",
      ja: "{table}.{column} の追加は全行に番号を振り、テーブルを書き直す。その間は読み取りもできない。",
    },
    remedy: {
      en: "Add a plain bigint column, create the sequence, SET DEFAULT nextval(…), fill old rows in batches, then add the constraints.",
      ja: "ただのbigint列を追加し、シーケンスを作って SET DEFAULT nextval(…) とし、既存の行を小分けに埋めてから制約を付ける。",
    },
    bad: "ALTER TABLE orders ADD COLUMN number bigserial;\n",
    good: `${SAFE}CREATE SEQUENCE orders_number_seq;
ALTER TABLE orders ADD COLUMN number bigint;
ALTER TABLE orders ALTER COLUMN number SET DEFAULT nextval('orders_number_seq');
`,
  },
  addStoredColumn: {
    code: "migration/add-column-stored-generated",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "New stored generated column", ja: "STOREDの生成列の追加" },
    why: {
      en: "A stored generated column is computed for every row at once: the table is rewritten under ACCESS EXCLUSIVE.",
      ja: "STOREDの生成列は全行について一度に計算され、ACCESS EXCLUSIVEロックの下でテーブルが書き直される。",
    },
    reason: {
      en: "Adding the stored column {table}.{column} rewrites the table while nobody can read it.",
      ja: "STOREDの列 {table}.{column} の追加でテーブルが書き直される。その間は読み取りもできない。",
    },
    remedy: {
      en: "Use a VIRTUAL generated column (PostgreSQL 18), or a plain column kept by a trigger and filled in batches.",
      ja: "VIRTUALの生成列（PostgreSQL 18）を使うか、普通の列をトリガーで維持し、小分けに埋める。",
    },
    bad: "ALTER TABLE orders ADD COLUMN total int GENERATED ALWAYS AS (price * quantity) STORED;\n",
    good: `${SAFE}ALTER TABLE orders ADD COLUMN total int GENERATED ALWAYS AS (price * quantity) VIRTUAL;\n`,
  },
  addDomainColumn: {
    code: "migration/add-column-constrained-domain",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "New column of a domain with constraints", ja: "制約付きドメイン型の列の追加" },
    why: {
      en: "PostgreSQL tests the domain's constraints for every row and rewrites the table under ACCESS EXCLUSIVE.",
      ja: "PostgreSQLはドメインの制約を全行で検査し、ACCESS EXCLUSIVEロックの下でテーブルを書き直す。",
    },
    reason: {
      en: "{type} has constraints: adding {table}.{column} rewrites the table while nobody can read it.",
      ja: "{type} には制約があり、{table}.{column} の追加でテーブルが書き直される。その間は読み取りもできない。",
    },
    remedy: {
      en: "Add the column with the domain's base type and the condition as a CHECK … NOT VALID.",
      ja: "ドメインの基底型で列を追加し、条件は CHECK … NOT VALID として付ける。",
    },
    bad: `CREATE DOMAIN positive AS int CHECK (VALUE > 0);
ALTER TABLE orders ADD COLUMN amount positive;
`,
    good: `${SAFE}ALTER TABLE orders ADD COLUMN amount int;
ALTER TABLE orders ADD CONSTRAINT orders_amount_positive CHECK (amount IS NULL OR amount > 0) NOT VALID;
`,
  },
  typeChangeRewrites: {
    code: "migration/type-change-rewrites",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Type change that rewrites the table", ja: "テーブルを書き直す型の変更" },
    why: {
      en: "When the stored bytes change, or every value must be tested, the table and its indexes are rewritten under ACCESS EXCLUSIVE.",
      ja: "格納形式が変わる場合や全値の検査が必要な場合、ACCESS EXCLUSIVEロックの下でテーブルとインデックスが書き直される。",
    },
    reason: {
      en: "Changing {table}.{column} from {from} to {to} rewrites the table while nobody can read it.",
      ja: "{table}.{column} を {from} から {to} に変えるとテーブルが書き直される。その間は読み取りもできない。",
    },
    remedy: {
      en: "Add a column of the new type, keep both in step by a trigger, fill it in batches, switch over, and drop the old one later.",
      ja: "新しい型の列を追加してトリガーで同期し、小分けに埋めてから切り替え、古い列は後で削除する。",
    },
    bad: "ALTER TABLE orders ALTER COLUMN id TYPE bigint;\n",
    good: {
      "migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, code varchar(10));\n",
      "migrations/0002_code.sql": `${SAFE}ALTER TABLE orders ALTER COLUMN code TYPE varchar(40);\n`,
    },
  },
  typeChangeReindexes: {
    code: "migration/type-change-reindexes",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Type change that rebuilds indexes", ja: "インデックスを作り直す型・照合順序の変更" },
    why: {
      en: "The rows stay, but values sort otherwise: every index on the column is rebuilt under ACCESS EXCLUSIVE.",
      ja: "行はそのままでも並び順が変わるため、列のインデックスがすべてACCESS EXCLUSIVEロックの下で作り直される。",
    },
    reason: {
      en: "Changing {table}.{column} to {to} rebuilds its indexes while nobody can read the table.",
      ja: "{table}.{column} を {to} に変えるとインデックスが作り直される。その間はテーブルを読めない。",
    },
    remedy: {
      en: "Add a column with the new collation or type, build its indexes CONCURRENTLY, and switch over.",
      ja: "新しい照合順序や型の列を追加し、インデックスを CONCURRENTLY で作成してから切り替える。",
    },
    bad: {
      "migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, code text);\n",
      "migrations/0002_code.sql": 'ALTER TABLE orders ALTER COLUMN code TYPE text COLLATE "C";\n',
    },
    good: {
      "migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, code text);\n",
      "migrations/0002_code.sql": `${SAFE}ALTER TABLE orders ADD COLUMN code_c text COLLATE "C";\n`,
    },
  },
  typeChangeUnknown: {
    code: "migration/type-change-unknown",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "Type change from an unknown type", ja: "変更前の型が不明な型変更" },
    why: {
      en: "From varchar to text only the catalogue changes; from any other type the table is rewritten under ACCESS EXCLUSIVE.",
      ja: "varcharからtextへはカタログだけが変わる。それ以外の型からは、ACCESS EXCLUSIVEロックの下でテーブルが書き直される。",
    },
    reason: {
      en: "The history does not show what type {table}.{column} has; unless it is a string type, changing it to {to} rewrites the table.",
      ja: "{table}.{column} の現在の型が履歴から分からない。文字列型でなければ {to} への変更でテーブルが書き直される。",
    },
    remedy: {
      en: "Check the whole folder of migrations, so that the type is known.",
      ja: "型が分かるよう、マイグレーションのフォルダー全体を検査する。",
    },
    bad: "ALTER TABLE orders ALTER COLUMN note TYPE text;\n",
    good: {
      "migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, note varchar(80));\n",
      "migrations/0002_note.sql": `${SAFE}ALTER TABLE orders ALTER COLUMN note TYPE text;\n`,
    },
  },
  typeChangeRefused: {
    code: "migration/type-change-under-view",
    severity: "block",
    commitments: ["INV-032"],
    title: { en: "Type change of a column that a view reads", ja: "ビューが参照する列の型変更" },
    why: {
      en: "PostgreSQL refuses to change the type of a column that a view depends on, so the migration fails.",
      ja: "PostgreSQLは、ビューが依存する列の型変更を拒否するため、マイグレーションは失敗する。",
    },
    reason: {
      en: "{view} reads {table}.{column}; the type change is refused.",
      ja: "{view} が {table}.{column} を参照しているため、型の変更は拒否される。",
    },
    remedy: {
      en: "Add a column of the new type beside the old one, and let a new version of the view read it.",
      ja: "新しい型の列を並べて追加し、新しい版のビューから参照する。",
    },
    bad: {
      "migrations/0001_orders.sql":
        "CREATE TABLE orders (id bigint PRIMARY KEY, code varchar(10));\nCREATE VIEW codes AS SELECT code FROM orders;\n",
      "migrations/0002_code.sql": `${SAFE}ALTER TABLE orders ALTER COLUMN code TYPE varchar(40);\n`,
    },
    good: {
      "migrations/0001_orders.sql":
        "CREATE TABLE orders (id bigint PRIMARY KEY, code varchar(10));\nCREATE VIEW ids AS SELECT id FROM orders;\n",
      "migrations/0002_code.sql": `${SAFE}ALTER TABLE orders ALTER COLUMN code TYPE varchar(40);\n`,
    },
  },
  setNotNullScans: {
    code: "migration/set-not-null-scans",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "SET NOT NULL without a proof", ja: "裏付けのない SET NOT NULL" },
    why: {
      en: "Without a validated CHECK (column IS NOT NULL) PostgreSQL reads every row under ACCESS EXCLUSIVE, and fails at the first null.",
      ja: "検証済みの CHECK (列 IS NOT NULL) がなければ、PostgreSQLはACCESS EXCLUSIVEロックの下で全行を読み、NULLが一つでもあれば失敗する。",
    },
    reason: {
      en: "Nothing proves that {table}.{column} holds no null: the whole table is read while nobody can use it.",
      ja: "{table}.{column} にNULLがないことの裏付けがない。誰も使えない状態で全行が読まれる。",
    },
    remedy: {
      en: "Add CHECK ({column} IS NOT NULL) NOT VALID, VALIDATE it in a later migration, then SET NOT NULL and drop the CHECK.",
      ja: "CHECK ({column} IS NOT NULL) NOT VALID を付け、後のマイグレーションで VALIDATE してから SET NOT NULL とし、CHECK を外す。",
    },
    bad: "ALTER TABLE orders ALTER COLUMN user_id SET NOT NULL;\n",
    good: {
      "migrations/0001_orders.sql":
        "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint DEFAULT 0);\n",
      "migrations/0002_check.sql": `${SAFE}ALTER TABLE orders ADD CONSTRAINT orders_user CHECK (user_id IS NOT NULL) NOT VALID;\n`,
      "migrations/0003_validate.sql": `${SAFE}ALTER TABLE orders VALIDATE CONSTRAINT orders_user;\n`,
      "migrations/0004_not_null.sql": `${SAFE}ALTER TABLE orders ALTER COLUMN user_id SET NOT NULL;\n`,
    },
  },
  setNotNullUnseen: {
    code: "migration/set-not-null-proof-unseen",
    severity: "warn",
    commitments: COMMITMENTS,
    title: {
      en: "SET NOT NULL rests on a constraint not seen",
      ja: "内容の見えない制約に頼る SET NOT NULL",
    },
    why: {
      en: "A constraint was validated whose condition is not in the history. Only if it is {column} IS NOT NULL the table need not be read.",
      ja: "条件が履歴にない制約が検証されている。それが {column} IS NOT NULL である場合に限り、全行を読まずに済む。",
    },
    reason: {
      en: "Whether a validated constraint proves {table}.{column} IS NOT NULL cannot be seen here.",
      ja: "検証済みの制約が {table}.{column} IS NOT NULL を裏付けるかどうか、ここからは分からない。",
    },
    remedy: {
      en: "Check the whole folder of migrations, so that the constraint is known.",
      ja: "制約が分かるよう、マイグレーションのフォルダー全体を検査する。",
    },
    bad: `SET lock_timeout = '2s';
ALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_not_null;
ALTER TABLE orders ALTER COLUMN user_id SET NOT NULL;
`,
    good: "ALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_not_null;\n",
  },
  setExpressionRewrites: {
    code: "migration/set-expression-rewrites",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Generated column computed anew", ja: "生成列の式の変更" },
    why: {
      en: "SET EXPRESSION of a stored generated column computes every row anew: the table is rewritten under ACCESS EXCLUSIVE.",
      ja: "STOREDの生成列で SET EXPRESSION を行うと全行が計算し直され、ACCESS EXCLUSIVEロックの下でテーブルが書き直される。",
    },
    reason: {
      en: "A new expression for {table}.{column} rewrites the table while nobody can read it.",
      ja: "{table}.{column} の式を変えるとテーブルが書き直される。その間は読み取りもできない。",
    },
    remedy: {
      en: "Add a column with the new expression (VIRTUAL where possible) and switch over to it.",
      ja: "新しい式の列を（できればVIRTUALで）追加し、そちらに切り替える。",
    },
    bad: "ALTER TABLE orders ALTER COLUMN total SET EXPRESSION AS (price * quantity + 1);\n",
    good: `${SAFE}ALTER TABLE orders ADD COLUMN total2 int GENERATED ALWAYS AS (price * quantity + 1) VIRTUAL;\n`,
  },
  domainConstraintScans: {
    code: "migration/domain-constraint-scans",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Constraint added to a domain in use", ja: "使用中のドメインへの制約追加" },
    why: {
      en: "Every column of that type, in every table, is read while writers of all these tables wait.",
      ja: "その型の列を持つ全テーブルが読まれ、それらすべてへの書き込みが待たされる。",
    },
    reason: {
      en: "All columns of type {domain} are read while nobody can write to their tables.",
      ja: "{domain} 型の列がすべて読まれ、その間それらのテーブルに書き込めない。",
    },
    remedy: {
      en: "Add the constraint NOT VALID, and VALIDATE it in a later migration.",
      ja: "制約を NOT VALID で追加し、後のマイグレーションで VALIDATE する。",
    },
    bad: "ALTER DOMAIN positive ADD CONSTRAINT positive_small CHECK (VALUE < 1000);\n",
    good: "ALTER DOMAIN positive ADD CONSTRAINT positive_small CHECK (VALUE < 1000) NOT VALID;\n",
  },
});
