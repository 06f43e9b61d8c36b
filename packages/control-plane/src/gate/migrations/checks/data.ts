import { checks } from "../../check.ts";

const LOSS = ["INV-OPS-004", "INV-021", "INV-024", "INV-032"];
const BOUNDED = {
  en: "Name the rows by a condition on them, in batches, and copy them to an archive first when they may be needed again.",
  ja: "行に対する条件で対象を絞り、小分けに行う。再び必要になりうるなら、先に保管用の表へ写す。",
};

/** Rows that a migration loses. */
export const DATA_CHECKS = checks({
  deleteWithoutWhere: {
    code: "migration/delete-without-where",
    severity: "block",
    commitments: LOSS,
    title: { en: "DELETE reaches every row", ja: "DELETEがすべての行に及ぶ" },
    why: {
      en: "All rows of a table in production are gone, and the way back is a restore.",
      ja: "本番の表の全行が失われ、戻すにはリストアしかない。",
    },
    reason: { en: "All rows of {table} are deleted: {why}.", ja: "{table} の全行を削除する（{whyJa}）。" },
    remedy: BOUNDED,
    bad: "DELETE FROM orders WHERE 1 = 1;\n",
    good: "DELETE FROM orders WHERE state = 'draft' AND created_at < '2020-01-01';\n",
  },
  truncate: {
    code: "migration/truncate",
    severity: "block",
    commitments: LOSS,
    title: { en: "A table is emptied", ja: "表を空にしている" },
    why: {
      en: "All rows are gone under an exclusive lock; with CASCADE also those of every table that refers to it.",
      ja: "排他ロックのもとで全行が失われる。CASCADEなら参照する表の行もすべて失われる。",
    },
    reason: { en: "TRUNCATE empties {table}.", ja: "TRUNCATEが {table} を空にする。" },
    remedy: BOUNDED,
    bad: "TRUNCATE orders;\n",
    good: "CREATE TEMP TABLE picked (id bigint);\nTRUNCATE picked;\n",
  },
  deleteAllReload: {
    code: "migration/delete-all-reload",
    severity: "block",
    commitments: LOSS,
    title: { en: "All rows are deleted and loaded again", ja: "全行を削除して入れ直している" },
    why: {
      en: "Readers see nothing or half of it, references break, and when the load fails half way the old rows are gone.",
      ja: "読む側には何もないか半分だけが見え、参照が壊れる。途中で失敗すれば元の行は失われている。",
    },
    reason: {
      en: "{table} is emptied ({why}) and filled again.",
      ja: "{table} を空にして（{whyJa}）入れ直している。",
    },
    remedy: {
      en: "Write the difference: INSERT … ON CONFLICT DO UPDATE, then delete by key what is no longer there.",
      ja: "差分を書く。INSERT … ON CONFLICT DO UPDATEを行い、なくなった行だけを鍵で削除する。",
    },
    bad: "DELETE FROM countries;\nINSERT INTO countries (code, name) VALUES ('JP', 'Japan');\n",
    good: "INSERT INTO countries (code, name) VALUES ('JP', 'Japan') ON CONFLICT (code) DO UPDATE SET name = excluded.name;\n",
  },
  updateWithoutWhere: {
    code: "migration/update-without-where",
    severity: "block",
    commitments: LOSS,
    title: { en: "UPDATE overwrites every row", ja: "UPDATEがすべての行を上書きする" },
    why: {
      en: "The old values are nowhere else, every row is locked until the end, and a second run changes them again.",
      ja: "元の値は他のどこにもない。全行が終わりまでロックされ、二度目の実行ではさらに変わる。",
    },
    reason: {
      en: "All rows of {table} are overwritten ({columns}): {why}.",
      ja: "{table} の全行を上書きする（{columns}。{whyJa}）。",
    },
    remedy: {
      en: "Choose the rows by a condition that a second run no longer meets, such as IS NULL, in batches; keep the old value in another column.",
      ja: "IS NULLのように二度目には当てはまらない条件で行を選び、小分けに更新する。元の値は別の列に残す。",
    },
    bad: "UPDATE users SET state = 'active';\n",
    good: "UPDATE users SET state = 'active' WHERE state IS NULL;\n",
  },
  likelyWholeTable: {
    code: "migration/likely-every-row",
    severity: "warn",
    commitments: LOSS,
    title: { en: "A condition is likely true of every row", ja: "条件がおそらくすべての行で真になる" },
    why: {
      en: "A condition that is there but chooses nothing hides that all rows are meant.",
      ja: "あっても何も選ばない条件は、全行が対象であることを隠す。",
    },
    reason: {
      en: "The WHERE on {table} is likely true of every row.",
      ja: "{table} へのWHEREは、おそらくすべての行で真になる。",
    },
    remedy: BOUNDED,
    bad: "DELETE FROM orders WHERE customer_id > 0;\n",
    good: "DELETE FROM orders WHERE customer_id = 42;\n",
  },
  rowsDeleted: {
    code: "migration/rows-deleted",
    severity: "info",
    commitments: ["INV-OPS-004", "INV-024"],
    title: { en: "Rows are deleted", ja: "行を削除している" },
    why: {
      en: "A bounded DELETE is fine, but its rows are not kept anywhere.",
      ja: "範囲を絞ったDELETEに問題はないが、行はどこにも残らない。",
    },
    reason: {
      en: "Rows of {table} are deleted and not copied before.",
      ja: "{table} の行を、写しを取らずに削除する。",
    },
    remedy: {
      en: "Count them first with the same WHERE; copy them to an archive when they may be needed.",
      ja: "先に同じWHEREで数え、必要になりうるなら保管用の表へ写す。",
    },
    bad: "DELETE FROM orders WHERE state = 'draft';\n",
    good: "INSERT INTO orders_archive SELECT * FROM orders WHERE state = 'draft';\nDELETE FROM orders WHERE state = 'draft';\n",
  },
  overwritesValues: {
    code: "migration/overwrites-values",
    severity: "warn",
    commitments: ["INV-OPS-004", "INV-022", "INV-024"],
    title: { en: "Values are overwritten", ja: "値を上書きしている" },
    why: {
      en: "The old values are not kept, so there is no way back but a restore.",
      ja: "元の値が残らないため、戻すにはリストアしかない。",
    },
    reason: { en: "{columns} of {table} are overwritten.", ja: "{table} の {columns} を上書きする。" },
    remedy: {
      en: "Keep the old value in another column or an archive, or make sure that it can be derived again.",
      ja: "元の値を別の列か保管用の表に残すか、再び導けることを確かめる。",
    },
    bad: "UPDATE users SET email = lower(email) WHERE email <> lower(email);\n",
    good: "UPDATE users SET email_lower = lower(email) WHERE email_lower IS NULL;\n",
  },
  unbatchedBackfill: {
    code: "migration/unbatched-backfill",
    severity: "block",
    commitments: ["INV-OPS-003", "GL-074", "INV-020"],
    title: { en: "A new column is filled in one statement", ja: "新しい列を一文で埋めている" },
    why: {
      en: "Every row is rewritten and locked until the statement ends; on a large table that is minutes of waiting writers and bloat.",
      ja: "全行が書き直され、文が終わるまでロックされる。大きな表では、書き込みが何分も待たされ、表が膨らむ。",
    },
    reason: {
      en: "All rows of {table} are filled in one statement.",
      ja: "{table} の全行を一文で埋めている。",
    },
    remedy: {
      en: "Fill it in a migration or job of its own, some thousand rows per transaction, until no NULL is left.",
      ja: "別のマイグレーションかジョブで、一トランザクション数千行ずつ、NULLがなくなるまで埋める。",
    },
    bad: "ALTER TABLE users ADD COLUMN full_name text;\nUPDATE users SET full_name = name;\n",
    good: "ALTER TABLE users ADD COLUMN full_name text;\n",
  },
  mergeDelete: {
    code: "migration/merge-deletes-rest",
    severity: "block",
    commitments: LOSS,
    title: { en: "MERGE deletes what its source lacks", ja: "MERGEが、元にない行をすべて削除する" },
    why: {
      en: "An empty or incomplete source deletes the whole table.",
      ja: "元が空か不完全なら、表全体が削除される。",
    },
    reason: {
      en: "MERGE deletes every row of {table} that its condition does not spare.",
      ja: "MERGEが、条件で守られない {table} の行をすべて削除する。",
    },
    remedy: {
      en: "Add a condition to the DELETE that names the rows, and check that the source is complete.",
      ja: "DELETEに行を絞る条件を付け、元が完全であることを確かめる。",
    },
    bad: "MERGE INTO prices p USING new_prices n ON p.id = n.id WHEN NOT MATCHED BY SOURCE THEN DELETE;\n",
    good: "MERGE INTO prices p USING new_prices n ON p.id = n.id WHEN MATCHED THEN UPDATE SET amount = n.amount;\n",
  },
  catalogWrite: {
    code: "migration/catalog-write",
    severity: "block",
    commitments: ["INV-OPS-003", "INV-016", "GL-075"],
    title: { en: "The system catalogue is written", ja: "システムカタログを書き換えている" },
    why: {
      en: "PostgreSQL checks nothing there: a wrong row can make a table unreadable, and replicas and dumps may not follow.",
      ja: "PostgreSQLはそこを検査しない。誤った一行で表が読めなくなり、レプリカやダンプが追随しないこともある。",
    },
    reason: { en: "{table} is written directly.", ja: "{table} を直接書き換えている。" },
    remedy: { en: "Use the ALTER statement for it.", ja: "対応するALTER文を使う。" },
    bad: "DELETE FROM pg_enum WHERE enumlabel = 'odd';\n",
    good: "ALTER TYPE mood ADD VALUE 'fine';\n",
  },
});
