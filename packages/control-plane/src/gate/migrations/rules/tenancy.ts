import type { Place } from "../../finding.ts";
import { TENANCY_CHECKS as CHECKS } from "../checks/tenancy.ts";
import { columnsIn } from "../nodes.ts";
import type { Change, MigrationContext, MigrationRule, Statement, Table } from "../types.ts";

type Tenancy = { column: string; except: (table: string) => boolean; rowSecurity: boolean };

/** New tables hold rows of tenants like the others do. Silent where nothing says that there are tenants. */
const tenancy: MigrationRule = (context) => {
  const tables = context.changes.up.flatMap((change) =>
    change.kind === "table" && isNewTable(change, context) ? (change.after ?? []) : [],
  );
  const known = tables.length === 0 ? undefined : tenancyOf(context);
  for (const table of tables) {
    const rules = known ?? shownBy(context, table);
    if (rules === undefined || rules.except(table.name)) continue;
    const place = placeOf(context, table.name);
    const params = { table: table.name, column: rules.column };
    const column = table.columns.get(rules.column);
    if (column === undefined) {
      context.emit(CHECKS.tenantColumn, place, { params });
      continue;
    }
    if (!column.notNull) context.emit(CHECKS.tenantNullable, place, { params });
    if (rules.rowSecurity) {
      const missing: [string, string][] = [];
      if (!table.rowSecurity.enabled)
        missing.push(["ENABLE ROW LEVEL SECURITY", "ENABLE ROW LEVEL SECURITY"]);
      if (!table.rowSecurity.forced) missing.push(["FORCE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY"]);
      if (table.policies.size === 0) missing.push(["a policy", "ポリシー"]);
      if (missing.length > 0) {
        const words = {
          missing: missing.map(([en]) => en).join(", "),
          missingJa: missing.map(([, ja]) => ja).join("、"),
        };
        context.emit(CHECKS.tenantRowSecurity, place, { params: { ...params, ...words } });
      } else if (
        ![...table.policies.values()].some((one) =>
          [...columnsIn(one.using), ...columnsIn(one.check)].includes(rules.column),
        )
      ) {
        context.emit(CHECKS.policyWithoutTenant, place, { params });
      }
    }
    keys(context, table, rules, place);
  }
};

/** A key without the tenant lets one tenant learn of another's rows, or point at them. */
function keys(context: MigrationContext, table: Table, rules: Tenancy, place: Place): void {
  for (const constraint of table.constraints.values()) {
    const params = { table: table.name, name: constraint.name, column: rules.column };
    if (constraint.columns.includes(rules.column)) continue;
    if (constraint.kind === "unique") context.emit(CHECKS.uniqueWithoutTenant, place, { params });
    if (constraint.kind === "foreign" && constraint.references !== undefined) {
      const target = context.after.get("table", constraint.references.table);
      if (target?.columns.has(rules.column) === true)
        context.emit(CHECKS.referenceWithoutTenant, place, { params });
    }
  }
  for (const index of context.after.indexesOf(table.name)) {
    const isConstraint = [...table.constraints.values()].some(
      (one) => one.index === index.name || one.name === index.name.split(".").at(-1),
    );
    if (index.unique && !isConstraint && index.columns.length > 0 && !index.columns.includes(rules.column)) {
      context.emit(CHECKS.uniqueWithoutTenant, place, {
        params: { table: table.name, name: index.name, column: rules.column },
      });
    }
  }
}

const isNewTable = (change: Change & { kind: "table" }, context: MigrationContext): boolean => {
  const { before, after } = change;
  return (
    before === undefined &&
    after?.complete === true &&
    after.made?.migration === context.after.migration &&
    after.persistence !== "temporary" &&
    after.kind !== "materialized-view" &&
    after.kind !== "foreign" &&
    // A partition is read through its parent, whose policies count.
    after.parent === undefined
  );
};

/** What the settings say, or what the tables that are there already show. */
function tenancyOf(context: MigrationContext): Tenancy | undefined {
  const { tenancy: settings } = context.settings;
  if (settings !== undefined) {
    const patterns = settings.except.map(patternOf);
    const except = (table: string) => patterns.some((pattern) => pattern(table));
    return { column: settings.column, except, rowSecurity: settings.rowSecurity };
  }
  const counts = new Map<string, number>();
  for (const table of context.after.all("table")) {
    if (
      !table.rowSecurity.forced ||
      table.made === undefined ||
      table.made.migration >= context.after.migration
    )
      continue;
    const used = policyColumns(table);
    for (const column of used)
      if (TENANT_COLUMN.test(column) && table.columns.has(column))
        counts.set(column, (counts.get(column) ?? 0) + 1);
  }
  const [best] = [...counts].sort((one, other) => other[1] - one[1]);
  if (best === undefined) return undefined;
  // The table of the tenants themselves is known by its own key.
  return { column: best[0], except: (table) => isTenantTable(table, best[0]), rowSecurity: true };
}

/**
 * A table with the tenant's column speaks for itself where the history is silent, but not where other tables have the
 * column and no forced row level security: their tenants are kept apart in some other way.
 */
function shownBy(context: MigrationContext, table: Table): Tenancy | undefined {
  const column = [...table.columns.keys()].find((name) => PLAIN_TENANT_COLUMN.test(name));
  if (column === undefined) return undefined;
  for (const other of context.after.all("table")) {
    const isEarlier = other.made !== undefined && other.made.migration < context.after.migration;
    if (isEarlier && other.columns.has(column) && !other.rowSecurity.forced && other.parent === undefined)
      return undefined;
  }
  return { column, except: (name) => isTenantTable(name, column), rowSecurity: true };
}

const columnsOfPolicies = new WeakMap<Table, ReadonlySet<string>>();

function policyColumns(table: Table): ReadonlySet<string> {
  const known = columnsOfPolicies.get(table);
  if (known) return known;
  const all = [...table.policies.values()].flatMap((one) => [
    ...columnsIn(one.using),
    ...columnsIn(one.check),
  ]);
  const columns = new Set(all);
  columnsOfPolicies.set(table, columns);
  return columns;
}

const TENANT_COLUMN =
  /^(?:tenant|org|organi[sz]ation|account|workspace|company|customer|team|project|site|shop|store)(?:_?id|_uuid|_key)?$/i;
const PLAIN_TENANT_COLUMN = /^tenant(?:_?id|_uuid|_key)?$/i;
const isTenantTable = (table: string, column: string): boolean => {
  const noun = column.replace(/_?(?:id|uuid|key)$/i, "").toLowerCase();
  const name = table.slice(table.lastIndexOf(".") + 1).toLowerCase();
  return noun !== "" && (name === noun || name === `${noun}s` || name === noun.replace(/y$/, "ies"));
};

/** `*` stands for any part of a name; a name without a schema is of any schema. */
function patternOf(pattern: string): (table: string) => boolean {
  const parts = pattern
    .toLowerCase()
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join("[^.]*")}$`);
  return (table) =>
    expression.test(table.toLowerCase()) ||
    expression.test(table.slice(table.lastIndexOf(".") + 1).toLowerCase());
}

const placeOf = (context: MigrationContext, table: string): Place => {
  const name = table.slice(table.lastIndexOf(".") + 1);
  const made = context.up.find((statement) => madeBy(statement) === name);
  return made?.place ?? { path: context.migration.path, line: 1, column: 1 };
};

const madeBy = (statement: Statement): string | undefined =>
  statement.kind === "CreateStmt"
    ? statement.node.relation?.relname
    : statement.kind === "CreateTableAsStmt"
      ? statement.node.into?.rel?.relname
      : statement.kind === "RenameStmt"
        ? statement.node.newname
        : undefined;

export const tenancyRules: readonly MigrationRule[] = [tenancy];
