import type { SourceFile } from "../../finding.ts";

/** A fixed sequence of whole numbers below `limit` (a linear congruential generator). */
function sequence(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const NOUNS = [
  "order",
  "invoice",
  "member",
  "request",
  "approval",
  "shipment",
  "ticket",
  "comment",
  "budget",
  "file",
];
const COLUMNS = [
  "note",
  "state",
  "amount",
  "due_on",
  "external_id",
  "locale",
  "priority",
  "archived_at",
  "metadata",
];
const TYPES: Record<string, string> = {
  note: "text",
  state: "varchar(30) NOT NULL DEFAULT 'new'",
  amount: "numeric(12, 2)",
  due_on: "date",
  external_id: "uuid",
  locale: "text DEFAULT 'ja-JP'",
  priority: "smallint NOT NULL DEFAULT 0",
  archived_at: "timestamptz",
  metadata: "jsonb NOT NULL DEFAULT '{}'",
};

/**
 * A history as a busy team would have it, always the same for the same numbers: `files` migrations of `statements`
 * statements each; tables come with their indexes, later files change them, some of it carelessly.
 */
export function generateMigrations(files: number, statements: number): SourceFile[] {
  const below = sequence(20_261_123);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  const tables: string[] = [];
  let unique = 0;

  const create = (): string[] => {
    const table = `${pick(NOUNS)}s_${tables.length + 1}`;
    const parent = tables.length > 0 ? pick(tables) : undefined;
    tables.push(table);
    return [
      `-- ${table} の一覧画面のためのテーブル\nCREATE TABLE ${table} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),${parent ? `\n  parent_id bigint REFERENCES ${parent} (id),` : ""}
  status text NOT NULL DEFAULT 'draft',
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id)
);`,
      `CREATE INDEX ${table}_tenant_created ON ${table} (tenant_id, created_at DESC);`,
      `COMMENT ON TABLE ${table} IS 'one row a ${table}; kept for 3 years';`,
      `GRANT SELECT, INSERT, UPDATE ON ${table} TO app_user;`,
    ];
  };
  /** `data` files write rows, the others change the schema: teams that mix them learn not to. */
  const change = (about: string, data: boolean): string => {
    const table = below(10) < 8 ? about : pick(tables);
    unique += 1;
    const column = pick(COLUMNS);
    const part = data ? 46 + below(28) : [below(46), 64 + below(36)][below(2)]!;
    if (part < 38) return `ALTER TABLE ${table} ADD COLUMN ${column}_${unique} ${TYPES[column]};`;
    if (part < 46) {
      return `ALTER TABLE ${table} ADD CONSTRAINT ${table}_status_${unique} CHECK (status <> '') NOT VALID;`;
    }
    if (part < 56) {
      return `INSERT INTO ${table} (tenant_id, title) VALUES ('acme', 'seed ${unique}'), ('umbrella', '見本 ${unique}');`;
    }
    if (part < 64) {
      return `UPDATE ${table} SET status = 'closed' WHERE status = 'done' AND created_at < '2026-01-01' AND id <= ${unique * 100};`;
    }
    if (part < 74) return `COMMENT ON COLUMN ${table}.status IS 'draft → open → closed (状態 ${unique})';`;
    if (part < 82) return `ALTER TABLE ${table} ALTER COLUMN status SET DEFAULT 'new';`;
    if (part < 86) return `CREATE INDEX ${table}_status_${unique} ON ${table} (status);`;
    if (part < 92) {
      return `CREATE OR REPLACE VIEW ${table}_open_${unique} AS SELECT id, title FROM ${table} WHERE status <> 'closed';`;
    }
    if (part < 97) {
      return `CREATE FUNCTION ${table}_touch_${unique}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status IS DISTINCT FROM OLD.status THEN
    NEW.created_at := now();
  END IF;
  RETURN NEW;
END $$;`;
    }
    return `DO $$ BEGIN
  IF EXISTS (SELECT FROM ${table} WHERE status = 'x') THEN
    RAISE NOTICE 'rows of ${table}';
  END IF;
END $$;`;
  };

  return Array.from({ length: files }, (_, index) => {
    const lines = ["SET LOCAL lock_timeout = '2s';"];
    if (index % 4 === 0) lines.push(...create());
    const about = index % 4 === 0 ? tables.at(-1)! : pick(tables);
    const data = index % 4 === 2;
    while (lines.length < statements) lines.push(change(about, data));
    const number = String(index + 1).padStart(4, "0");
    return { path: `V${number}__change_${number}.sql`, text: `${lines.join("\n\n")}\n` };
  });
}
