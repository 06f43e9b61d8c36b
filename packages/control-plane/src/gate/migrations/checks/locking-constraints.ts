import { checks } from "../../check.ts";

const COMMITMENTS = ["GL-074", "INV-032"];
const SAFE = "SET lock_timeout = '2s';\n";
const ALONE = {
  en: "Add it NOT VALID, and VALIDATE CONSTRAINT in a later migration.",
  ja: "NOT VALID で追加し、後のマイグレーションで VALIDATE CONSTRAINT を行う。",
};
const INDEX_FIRST = {
  en: "Build a unique index CONCURRENTLY first, then ADD CONSTRAINT … USING INDEX.",
  ja: "先に CONCURRENTLY で一意インデックスを作成し、ADD CONSTRAINT … USING INDEX で結び付ける。",
};

/** Constraints that read or index a whole table while applications wait. */
export const CONSTRAINT_CHECKS = checks({
  foreignKeyScans: {
    code: "migration/foreign-key-without-not-valid",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Foreign key checked while writers wait", ja: "書き込みを止めて外部キーを検証" },
    why: {
      en: "Every row is looked up in the other table while both tables refuse writes.",
      ja: "全行を参照先と突き合わせる間、両方のテーブルへの書き込みが待たされる。",
    },
    reason: {
      en: "All rows of {table} are looked up in {other} while nobody can write to either.",
      ja: "{table} の全行を {other} と突き合わせており、その間どちらにも書き込めない。",
    },
    remedy: ALONE,
    bad: "ALTER TABLE orders ADD CONSTRAINT orders_user_fkey FOREIGN KEY (user_id) REFERENCES users (id);\n",
    good: `${SAFE}ALTER TABLE orders ADD CONSTRAINT orders_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;\n`,
  },
  foreignKeyOfFilled: {
    code: "migration/foreign-key-of-filled-table",
    severity: "warn",
    commitments: COMMITMENTS,
    title: {
      en: "Foreign key of a new table that was filled already",
      ja: "既に埋めた新テーブルの外部キー",
    },
    why: {
      en: "The new table's rows are looked up while the referenced table, which is in use, refuses writes.",
      ja: "新テーブルの行を突き合わせる間、使用中の参照先テーブルへの書き込みが待たされる。",
    },
    reason: {
      en: "The rows of {table} are looked up in {other} while nobody can write to {other}.",
      ja: "{table} の行を {other} と突き合わせており、その間 {other} に書き込めない。",
    },
    remedy: {
      en: "Write the foreign key into CREATE TABLE, or add it NOT VALID and validate it later.",
      ja: "外部キーを CREATE TABLE に書くか、NOT VALID で追加して後で検証する。",
    },
    bad: `CREATE TABLE orders_copy AS SELECT * FROM orders;
ALTER TABLE orders_copy ADD CONSTRAINT orders_copy_user FOREIGN KEY (user_id) REFERENCES users (id);
`,
    good: `CREATE TABLE order_notes (order_id bigint PRIMARY KEY, user_id bigint);
${SAFE}ALTER TABLE order_notes ADD CONSTRAINT order_notes_user FOREIGN KEY (user_id) REFERENCES users (id);
`,
  },
  checkScans: {
    code: "migration/check-without-not-valid",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "CHECK that reads the whole table", ja: "全行を読む CHECK の追加" },
    why: {
      en: "Every row is tested under ACCESS EXCLUSIVE: nobody can read or write meanwhile.",
      ja: "ACCESS EXCLUSIVEロックの下で全行が検査され、その間は読み書きができない。",
    },
    reason: {
      en: "All rows of {table} are tested while nobody can use the table.",
      ja: "{table} の全行を検査しており、その間テーブルを使えない。",
    },
    remedy: ALONE,
    bad: "ALTER TABLE orders ADD CONSTRAINT orders_total_positive CHECK (total > 0);\n",
    good: `${SAFE}ALTER TABLE orders ADD CONSTRAINT orders_total_known CHECK (total IS NOT NULL) NOT VALID;\n`,
  },
  notNullScans: {
    code: "migration/not-null-without-not-valid",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "NOT NULL constraint that reads the whole table", ja: "全行を読む NOT NULL 制約の追加" },
    why: {
      en: "Every row is tested for null under ACCESS EXCLUSIVE.",
      ja: "ACCESS EXCLUSIVEロックの下で全行のNULLを検査する。",
    },
    reason: {
      en: "All rows of {table} are read to prove {column} NOT NULL while nobody can use the table.",
      ja: "{column} の NOT NULL を確かめるため {table} の全行を読んでおり、その間テーブルを使えない。",
    },
    remedy: ALONE,
    bad: "ALTER TABLE orders ADD CONSTRAINT orders_user_known NOT NULL user_id;\n",
    good: {
      "migrations/0001_orders.sql":
        "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint DEFAULT 0);\n",
      "migrations/0002_known.sql": `${SAFE}ALTER TABLE orders ADD CONSTRAINT orders_user_known NOT NULL user_id NOT VALID;\n`,
    },
  },
  enforceScans: {
    code: "migration/enforce-constraint-scans",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Constraint made ENFORCED", ja: "制約の ENFORCED への変更" },
    why: {
      en: "All rows are checked at once while writers are shut out.",
      ja: "書き込みを止めたまま全行が検査される。",
    },
    reason: {
      en: "Making {name} ENFORCED checks all rows of {table} while nobody can write.",
      ja: "{name} を ENFORCED にすると {table} の全行が検査され、その間書き込めない。",
    },
    remedy: {
      en: "Add the constraint again as NOT VALID, VALIDATE it in a later migration, and drop the old one.",
      ja: "制約を NOT VALID で改めて追加し、後のマイグレーションで VALIDATE してから古いものを外す。",
    },
    bad: "ALTER TABLE orders ALTER CONSTRAINT orders_user_fkey ENFORCED;\n",
    good: `${SAFE}ALTER TABLE orders ADD CONSTRAINT orders_user_fkey2 FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;\n`,
  },
  uniqueBuilds: {
    code: "migration/unique-without-index",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "UNIQUE that builds its index under lock", ja: "ロックしたままの UNIQUE 追加" },
    why: {
      en: "ADD UNIQUE builds an index over the whole table under ACCESS EXCLUSIVE.",
      ja: "ADD UNIQUE はACCESS EXCLUSIVEロックの下でテーブル全体のインデックスを作成する。",
    },
    reason: {
      en: "An index over all of {table} is built while nobody can use the table.",
      ja: "{table} 全体のインデックスを作成しており、その間テーブルを使えない。",
    },
    remedy: INDEX_FIRST,
    bad: "ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE (number);\n",
    good: `${SAFE}ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE USING INDEX orders_number_idx;\n`,
  },
  primaryKeyBuilds: {
    code: "migration/primary-key-without-index",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "PRIMARY KEY that builds its index under lock", ja: "ロックしたままの PRIMARY KEY 追加" },
    why: {
      en: "ADD PRIMARY KEY builds an index and tests for nulls under ACCESS EXCLUSIVE.",
      ja: "ADD PRIMARY KEY はACCESS EXCLUSIVEロックの下でインデックスを作成し、NULLを検査する。",
    },
    reason: {
      en: "An index over all of {table} is built while nobody can use the table.",
      ja: "{table} 全体のインデックスを作成しており、その間テーブルを使えない。",
    },
    remedy: INDEX_FIRST,
    bad: "ALTER TABLE orders ADD PRIMARY KEY (id);\n",
    good: `${SAFE}ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_id_idx;\n`,
  },
  primaryKeyNullable: {
    code: "migration/primary-key-of-nullable-column",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "PRIMARY KEY on a nullable column", ja: "NULLを許す列の PRIMARY KEY" },
    why: {
      en: "A primary key makes its columns NOT NULL. Without a proof the whole table is read under ACCESS EXCLUSIVE, although the index is there.",
      ja: "主キーは列を NOT NULL にする。裏付けがなければ、インデックスがあってもACCESS EXCLUSIVEロックの下で全行が読まれる。",
    },
    reason: {
      en: "{table}.{column} is nullable: the promotion reads the whole table while nobody can use it.",
      ja: "{table}.{column} はNULLを許すため、誰も使えない状態で全行が読まれる。",
    },
    remedy: {
      en: "Prove {column} IS NOT NULL by a validated CHECK and SET NOT NULL first.",
      ja: "先に検証済みの CHECK で {column} IS NOT NULL を裏付け、SET NOT NULL としておく。",
    },
    bad: {
      "migrations/0001_orders.sql": "CREATE TABLE orders (number bigint, note text);\n",
      "migrations/0002_index.sql": "CREATE UNIQUE INDEX CONCURRENTLY orders_number_idx ON orders (number);\n",
      "migrations/0003_key.sql": `${SAFE}ALTER TABLE orders ADD PRIMARY KEY USING INDEX orders_number_idx;\n`,
    },
    good: {
      "migrations/0001_orders.sql": "CREATE TABLE orders (number bigint NOT NULL, note text);\n",
      "migrations/0002_index.sql": "CREATE UNIQUE INDEX CONCURRENTLY orders_number_idx ON orders (number);\n",
      "migrations/0003_key.sql": `${SAFE}ALTER TABLE orders ADD PRIMARY KEY USING INDEX orders_number_idx;\n`,
    },
  },
  exclusionBuilds: {
    code: "migration/exclusion-constraint",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "EXCLUDE on a table in use", ja: "使用中のテーブルへの EXCLUDE" },
    why: {
      en: "There is no concurrent way: the index is built and every row tested under ACCESS EXCLUSIVE.",
      ja: "並行して行う方法がなく、ACCESS EXCLUSIVEロックの下でインデックスの作成と全行の検査が行われる。",
    },
    reason: {
      en: "The exclusion constraint is built over all of {table} while nobody can use it.",
      ja: "{table} 全体に排他制約を作成しており、その間テーブルを使えない。",
    },
    remedy: {
      en: "Create a new table with the constraint and move rows over, or guard the rule by a trigger.",
      ja: "制約付きの新しいテーブルを作って行を移すか、トリガーで規則を守る。",
    },
    bad: "ALTER TABLE bookings ADD CONSTRAINT bookings_apart EXCLUDE USING gist (room WITH =, during WITH &&);\n",
    good: "CREATE TABLE bookings (room int, during tsrange, EXCLUDE USING gist (room WITH =, during WITH &&));\n",
  },
  validateInSameTransaction: {
    code: "migration/validate-in-same-transaction",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "VALIDATE in the transaction of the ADD", ja: "ADD と同じトランザクションでの VALIDATE" },
    why: {
      en: "The lock of ADD CONSTRAINT is held until commit, so the scan of VALIDATE runs with writers or everybody shut out: NOT VALID has gained nothing.",
      ja: "ADD CONSTRAINT のロックはコミットまで保持されるため、VALIDATE の全行検査が書き込みや読み書きを止めたまま走る。NOT VALID にした意味がない。",
    },
    reason: {
      en: "{name} is validated in the transaction that adds it, while its lock on {table} is held.",
      ja: "{name} を追加したトランザクションの中で検証しており、{table} のロックが保持されたままである。",
    },
    remedy: {
      en: "Move VALIDATE CONSTRAINT into a migration of its own.",
      ja: "VALIDATE CONSTRAINT を別のマイグレーションに移す。",
    },
    bad: `BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD CONSTRAINT orders_user_known CHECK (user_id IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_user_known;
COMMIT;
`,
    good: `BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD CONSTRAINT orders_user_known CHECK (user_id IS NOT NULL) NOT VALID;
COMMIT;
ALTER TABLE orders VALIDATE CONSTRAINT orders_user_known;
`,
  },
  inlineUnique: {
    code: "migration/add-column-unique",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "New column with UNIQUE or PRIMARY KEY", ja: "UNIQUE・PRIMARY KEY 付きの列の追加" },
    why: {
      en: "The index of the new column is built over the whole table under ACCESS EXCLUSIVE.",
      ja: "新しい列のインデックスが、ACCESS EXCLUSIVEロックの下でテーブル全体に作成される。",
    },
    reason: {
      en: "An index over all of {table} is built for {column} while nobody can use the table.",
      ja: "{column} のために {table} 全体のインデックスを作成しており、その間テーブルを使えない。",
    },
    remedy: {
      en: "Add the column alone, build a unique index CONCURRENTLY, then ADD CONSTRAINT … USING INDEX.",
      ja: "列だけを追加し、CONCURRENTLY で一意インデックスを作成してから ADD CONSTRAINT … USING INDEX とする。",
    },
    bad: "ALTER TABLE orders ADD COLUMN number text UNIQUE;\n",
    good: `${SAFE}ALTER TABLE orders ADD COLUMN number text;\n`,
  },
  inlineCheck: {
    code: "migration/add-column-check",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "New column with CHECK", ja: "CHECK 付きの列の追加" },
    why: {
      en: "Even for a new column every row is tested under ACCESS EXCLUSIVE.",
      ja: "新しい列であっても、ACCESS EXCLUSIVEロックの下で全行が検査される。",
    },
    reason: {
      en: "All rows of {table} are tested for the CHECK of {column} while nobody can use the table.",
      ja: "{column} の CHECK のために {table} の全行を検査しており、その間テーブルを使えない。",
    },
    remedy: {
      en: "Add the column alone, then the CHECK as NOT VALID, and validate it in a later migration.",
      ja: "列だけを追加し、CHECK は NOT VALID で付け、後のマイグレーションで検証する。",
    },
    bad: "ALTER TABLE orders ADD COLUMN rating int CHECK (rating BETWEEN 1 AND 5);\n",
    good: `${SAFE}ALTER TABLE orders ADD COLUMN rating int;
ALTER TABLE orders ADD CONSTRAINT orders_rating CHECK (rating BETWEEN 1 AND 5) NOT VALID;
`,
  },
  inlineForeignKey: {
    code: "migration/add-column-references",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "New column with REFERENCES and a default",
      ja: "REFERENCES と既定値を持つ列の追加",
    },
    why: {
      en: "With a default every row has a value to look up, while both tables are locked.",
      ja: "既定値があると全行に参照先と突き合わせる値が入り、その間両方のテーブルがロックされる。",
    },
    reason: {
      en: "All rows of {table} are looked up in {other} while both tables are locked.",
      ja: "{table} の全行を {other} と突き合わせており、その間両方のテーブルがロックされる。",
    },
    remedy: {
      en: "Add the column alone, then the foreign key as NOT VALID, and validate it in a later migration.",
      ja: "列だけを追加し、外部キーは NOT VALID で付け、後のマイグレーションで検証する。",
    },
    bad: "ALTER TABLE orders ADD COLUMN plan_id bigint DEFAULT 1 REFERENCES plans (id);\n",
    good: `${SAFE}ALTER TABLE orders ADD COLUMN plan_id bigint DEFAULT 1;
ALTER TABLE orders ADD CONSTRAINT orders_plan FOREIGN KEY (plan_id) REFERENCES plans (id) NOT VALID;
`,
  },
  inlineForeignKeyLocks: {
    code: "migration/add-column-references-locks",
    severity: "info",
    commitments: COMMITMENTS,
    title: { en: "New column with REFERENCES", ja: "REFERENCES 付きの列の追加" },
    why: {
      en: "No row is looked up, since all values are null, but two tables are locked at once. Without lock_timeout the first stands still while the statement waits for the second.",
      ja: "値はすべてNULLなので突き合わせは行われないが、二つのテーブルが同時にロックされる。lock_timeoutがなければ、二つ目を待つ間、一つ目は止まったままになる。",
    },
    reason: {
      en: "{table} and {other} are locked together for a moment.",
      ja: "{table} と {other} が短い間同時にロックされる。",
    },
    remedy: {
      en: "Keep lock_timeout short, or add the foreign key NOT VALID in a statement of its own.",
      ja: "lock_timeout を短くするか、外部キーを別の文で NOT VALID として付ける。",
    },
    bad: "ALTER TABLE orders ADD COLUMN plan_id bigint REFERENCES plans (id);\n",
    good: `${SAFE}ALTER TABLE orders ADD COLUMN plan_id bigint;\n`,
  },
});
