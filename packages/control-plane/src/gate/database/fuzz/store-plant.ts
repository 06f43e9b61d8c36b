import pg, { type ClientBase } from "pg";
import type { Column, Relation } from "../model.ts";
import { type As, tryAs } from "./store-session.ts";
import { candidatesFor } from "./values.ts";

export type PlantedRow = Map<string, string>;
export type Plant = {
  client: ClientBase;
  as: As;
  tenant: string;
  tenantColumn(relation: Relation): Column | undefined;
  relations: Map<number, Relation>;
  rows: Map<number, PlantedRow>;
  /** Why there is no row. */
  failures: Map<number, string>;
};

const quoted = pg.escapeIdentifier;
const MOST_TRIES = 80;

/** Puts one row of the tenant into a table, and first what it refers to. */
export async function plantRow(
  relation: Relation,
  plant: Plant,
  above: number[] = [],
): Promise<PlantedRow | undefined> {
  const present = plant.rows.get(relation.oid);
  if (present || plant.failures.has(relation.oid) || above.includes(relation.oid)) return present;
  const chosen = chosenColumns(relation, plant);
  const fixed: PlantedRow = new Map();
  const tenant = plant.tenantColumn(relation);
  if (tenant) fixed.set(tenant.name, plant.tenant);
  for (const reference of relation.references) {
    if (
      !reference.columns.some((name) => name !== tenant?.name && chosen.has(name)) &&
      !fixed.has(reference.columns[0]!)
    )
      continue;
    const target = plant.relations.get(reference.to);
    if (!target || target.oid === relation.oid) continue;
    const parent = await plantRow(target, plant, [...above, relation.oid]);
    reference.columns.forEach((name, i) => {
      const value = parent?.get(reference.toColumns[i]!);
      if (value !== undefined) fixed.set(name, value);
    });
  }
  const row = await insertSomehow(relation, plant, chosen, fixed);
  if (typeof row === "string") {
    plant.failures.set(relation.oid, row);
    return undefined;
  }
  plant.rows.set(relation.oid, row);
  return row;
}

/** Columns that need a value, or whose value has to be known. */
function chosenColumns(relation: Relation, plant: Plant): Set<string> {
  const inKeys = new Set(relation.keys.flatMap(({ columns }) => columns));
  const tenant = plant.tenantColumn(relation)?.name;
  const chosen = relation.columns.filter((column) => {
    if (column.isGenerated) return false;
    if (column.name === tenant || inKeys.has(column.name)) return true;
    return (
      (!column.isNullable && column.default === null && column.identity === "") ||
      /^(text|varchar)$/.test(column.base)
    );
  });
  return new Set(chosen.map(({ name }) => name));
}

async function insertSomehow(
  relation: Relation,
  plant: Plant,
  chosen: Set<string>,
  fixed: PlantedRow,
): Promise<PlantedRow | string> {
  const names = new Set([...chosen, ...fixed.keys()]);
  const row = await insertWith(relation, plant, names, fixed);
  if (typeof row !== "string") return row;
  // As a last try, only what must be there.
  const tenant = plant.tenantColumn(relation)?.name;
  const least = relation.columns.filter(
    ({ name, isNullable, default: given, identity }) =>
      names.has(name) && (name === tenant || (!isNullable && given === null && identity === "")),
  );
  if (least.length === names.size) return row;
  const retried = await insertWith(relation, plant, new Set(least.map(({ name }) => name)), fixed);
  return typeof retried === "string" ? row : retried;
}

async function insertWith(
  relation: Relation,
  plant: Plant,
  names: Set<string>,
  fixed: PlantedRow,
): Promise<PlantedRow | string> {
  const columns = relation.columns.filter(({ name }) => names.has(name));
  const options = new Map(
    columns.map((column) => [
      column.name,
      fixed.has(column.name)
        ? [fixed.get(column.name)!]
        : candidatesFor(
            column,
            relation.checks.filter((one) => one.columns.includes(column.name)),
          ),
    ]),
  );
  const at = new Map(columns.map(({ name }) => [name, 0]));
  let said = "";
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const row: PlantedRow = new Map(
      columns.map(({ name }) => [name, options.get(name)![at.get(name)!] ?? ""]),
    );
    const tried = await tryAs(plant.client, plant.as, () => insertRow(plant.client, relation, row), true);
    if (tried.ok) return row;
    said = tried.message;
    const blamed = blamedFor(tried, relation, columns, options);
    if (blamed.length === 0 || !advance(blamed, at, options)) return said;
  }
  return said;
}

/** Whose values a refusal is about. */
function blamedFor(
  refusal: { code: string; message: string; constraint: string },
  relation: Relation,
  columns: Column[],
  options: Map<string, string[]>,
): string[] {
  const several = columns.map(({ name }) => name).filter((name) => options.get(name)!.length > 1);
  if (refusal.code === "23514") {
    const check = relation.checks.find(({ name }) => name === refusal.constraint);
    if (check) return check.columns.filter((name) => several.includes(name));
    return /partition/.test(refusal.message)
      ? columns
          .filter(({ base, name }) => /^(date|time)/.test(base) && several.includes(name))
          .map(({ name }) => name)
      : columns
          .filter(({ domainChecks, name }) => domainChecks.length > 0 && several.includes(name))
          .map(({ name }) => name);
  }
  return /^22/.test(refusal.code) ? several.slice(-1) : [];
}

/** The next combination, as an odometer; false after the last one. */
function advance(names: string[], at: Map<string, number>, options: Map<string, string[]>): boolean {
  for (const name of names) {
    const next = at.get(name)! + 1;
    if (next < options.get(name)!.length) {
      at.set(name, next);
      return true;
    }
    at.set(name, 0);
  }
  return false;
}

export async function insertRow(
  client: ClientBase,
  relation: Relation,
  row: PlantedRow,
  ending = "",
): Promise<number> {
  const columns = relation.columns.filter(({ name }) => row.has(name));
  const overriding = columns.some(({ identity }) => identity === "a") ? " OVERRIDING SYSTEM VALUE" : "";
  const { rowCount } = await client.query(
    `INSERT INTO ${quoted(relation.schema)}.${quoted(relation.name)} (${columns.map(({ name }) => quoted(name)).join(", ")})${overriding}
     VALUES (${columns.map(({ type }, i) => `$${i + 1}::text::${type}`).join(", ")})${ending}`,
    columns.map(({ name }) => row.get(name)),
  );
  return rowCount ?? 0;
}
