import type { ObjectFinding } from "../context.ts";
import { isTenantTable } from "../context.ts";
import type { Relation } from "../model.ts";
import { leak, type Stage } from "./fuzz.ts";
import { deleteRows, moveRows, touchRows } from "./store-acts.ts";
import { insertRow, type PlantedRow } from "./store-plant.ts";
import { type Tried, tryAs } from "./store-session.ts";
import { candidatesFor } from "./values.ts";

const OWN: [string, string] = ["a tenant of its own", "自分のテナント"];

/** Tries to change, move, remove, add and find out rows of the other tenant in each of these tables. */
export async function writeEverywhere(stage: Stage, tables: Relation[]): Promise<ObjectFinding[]> {
  const findings: ObjectFinding[] = [];
  for (const table of tables) {
    for (const attempt of [change, move, remove, add, find, refer]) {
      stage.count.attempts += 1;
      const one = await attempt(table, stage);
      if (one) findings.push(one);
    }
  }
  return findings;
}

const acting = <T>(stage: Stage, work: () => Promise<T>) =>
  tryAs(stage.client, stage.as(stage.tenants[0]), work);

type Attempt = (table: Relation, stage: Stage) => Promise<ObjectFinding | undefined>;

/** Whatever a row was reached for, its own constraints may still refuse: then it had been reached. */
const hasReached = (tried: Tried<number>): boolean =>
  tried.ok ? tried.value > 0 : /^23(001|503|505|514|P01)$/.test(tried.code);

const change: Attempt = async (table, stage) => {
  const set = table.columns.find(
    ({ canUpdate, isGenerated, identity }) => canUpdate && !isGenerated && identity !== "a",
  );
  if (!set) return undefined;
  const tried = await acting(stage, () =>
    touchRows(stage.client, table, set.name, stage.column(table).name, stage.tenants[1]),
  );
  return hasReached(tried)
    ? leak("leakWrite", stage, table, OWN, ["updated rows of another tenant", "他のテナントの行を更新した"])
    : undefined;
};

const move: Attempt = async (table, stage) => {
  const column = stage.column(table);
  if (!column.canUpdate) return undefined;
  const tried = await acting(stage, () => moveRows(stage.client, table, column, ...stage.tenants));
  return hasReached(tried) && !(tried.ok === false && tried.code === "23514")
    ? leak("leakWrite", stage, table, OWN, [
        "moved its row to another tenant",
        "自分の行を他のテナントに移した",
      ])
    : undefined;
};

const remove: Attempt = async (table, stage) => {
  if (!table.rights.has("DELETE")) return undefined;
  const tried = await acting(stage, () =>
    deleteRows(stage.client, table, stage.column(table).name, stage.tenants[1]),
  );
  return hasReached(tried)
    ? leak("leakWrite", stage, table, OWN, ["deleted rows of another tenant", "他のテナントの行を削除した"])
    : undefined;
};

/** Policies are applied before keys are looked at: a duplicate that is refused had been let through. */
const add: Attempt = async (table, stage) => {
  const row = insertable(table, stage.rows[1].get(table.oid));
  if (!row) return undefined;
  const tried = await acting(stage, () => insertRow(stage.client, table, row));
  return hasReached(tried) && !(tried.ok === false && tried.code === "23514")
    ? leak("leakInsert", stage, table, OWN, [
        "inserted a row of another tenant",
        "他のテナントの行を挿入した",
      ])
    : undefined;
};

/** The other tenant's keys under one's own name: refused only if keys span tenants. */
const find: Attempt = async (table, stage) => {
  const [mine, theirs] = stage.rows.map((rows) => rows.get(table.oid));
  const column = stage.column(table).name;
  if (!mine || !theirs || !isTelling(table, column)) return undefined;
  for (const key of table.keys.filter(({ columns }) => !columns.includes(column) && columns.length > 0)) {
    const row = insertable(table, fresh(table, mine, key.columns, column));
    if (!row || key.columns.some((name) => !theirs.has(name))) continue;
    for (const name of key.columns) row.set(name, theirs.get(name)!);
    const tried = await acting(stage, () => insertRow(stage.client, table, row));
    if (
      !tried.ok &&
      /^23(505|P01)$/.test(tried.code) &&
      tried.constraint === key.name &&
      !isSurrogate(table, key.columns)
    ) {
      return leak("leakExistence", stage, table, OWN, [
        `was refused by ${key.name} because of another tenant's row`,
        `他のテナントの行のために ${key.name} に拒否された`,
      ]);
    }
  }
  return undefined;
};

const isTelling = (table: Relation, column: string): boolean =>
  table.keys.some(({ columns }) => !columns.includes(column));

/** A random or counted key tells nothing worth knowing. */
const isSurrogate = (table: Relation, [name, ...more]: string[]): boolean => {
  const column = table.columns.find((one) => one.name === name);
  const isCounted =
    column !== undefined && (column.identity !== "" || /^nextval\(/.test(column.default ?? ""));
  return more.length === 0 && (isCounted || column?.base === "uuid");
};

/** One's own row that refers to the other tenant's. */
const refer: Attempt = async (table, stage) => {
  const mine = stage.rows[0].get(table.oid);
  const column = stage.column(table).name;
  for (const { columns, to, toColumns, name } of table.references) {
    const target = stage.context.catalogue.relations.get(to);
    const parent = stage.rows[1].get(to);
    const at = columns.indexOf(column);
    if (!mine || !parent || !target || !isTenantTable(target, stage.context)) continue;
    if (at >= 0 && toColumns[at] === stage.column(target).name) continue;
    const row = insertable(table, fresh(table, mine, columns, column));
    if (!row) continue;
    for (const [i, one] of columns.entries()) row.set(one, parent.get(toColumns[i]!) ?? "");
    const tried = await acting(stage, () => insertRow(stage.client, table, row));
    if (tried.ok || tried.code === "23505") {
      return leak("leakReference", stage, table, OWN, [
        `put in a row that refers by ${name} to another tenant's`,
        `${name} で他のテナントの行を参照する行を挿入した`,
      ]);
    }
  }
  return undefined;
};

/** Another row like this one: keys of its own, but for the tenant and the columns that are tried. */
function fresh(table: Relation, row: PlantedRow, tried: string[], tenant: string): PlantedRow {
  const kept = new Set([tenant, ...tried, ...table.references.flatMap(({ columns }) => columns)]);
  const inKeys = new Set(table.keys.flatMap(({ columns }) => columns).filter((name) => !kept.has(name)));
  return new Map(
    [...row].map(([name, value]) => {
      const column = table.columns.find((one) => one.name === name);
      const checks = table.checks.filter(({ columns }) => columns.includes(name));
      return [name, column && inKeys.has(name) ? (candidatesFor(column, checks)[0] ?? value) : value];
    }),
  );
}

/** What of a row the application's role may insert; undefined when it may insert nothing. */
function insertable(table: Relation, row: PlantedRow | undefined): PlantedRow | undefined {
  if (!row || !table.rights.has("INSERT")) return undefined;
  return new Map(
    [...row].filter(([name]) => table.columns.some((one) => one.name === name && one.canInsert)),
  );
}
