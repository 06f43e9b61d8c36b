import { DATABASE_CHECKS as CHECKS } from "./checks.ts";
import { type Context, found, isTenantTable, listed, type ObjectFinding } from "./context.ts";
import {
  type Column,
  isReachable,
  isTable,
  type Key,
  nameOf,
  type Relation,
  tenantColumnOf,
  WRITES,
} from "./model.ts";
import { type Command, deniesAll, gapsOf } from "./policies.ts";

/** Tables of tools that know no tenants and that everybody may read. */
const OF_TOOLS =
  /^(schema_migrations?|ar_internal_metadata|flyway_schema_history|databasechangelog(lock)?|_prisma_migrations|__drizzle_migrations|knex_migrations(_lock)?|goose_db_version|alembic_version|pgmigrations|_sqlx_migrations|django_migrations)$/;

export function judgeTables(context: Context): ObjectFinding[] {
  return [...context.catalogue.relations.values()].flatMap((relation) => {
    if (context.exemption(relation) !== undefined) return exempted(relation, context);
    if (relation.kind === "f") return foreign(relation, context);
    if (!isTable(relation)) return [];
    if (!isTenantTable(relation, context)) return withoutTenant(relation, context);
    return [
      ...judgeColumn(relation, context),
      ...judgeSecurity(relation, context),
      ...judgeKeys(relation, context),
      ...judgeReferences(relation, context),
    ];
  });
}

function exempted(relation: Relation, context: Context): ObjectFinding[] {
  if (!isReachable(relation)) return [];
  const params = {
    cause: context.exemption(relation)!,
    role: context.catalogue.appRole.name,
    rights: listed(relation.rights),
  };
  return [found(CHECKS.exempt, nameOf(relation), params)];
}

function foreign(relation: Relation, { catalogue }: Context): ObjectFinding[] {
  if (!isReachable(relation)) return [];
  const params = { role: catalogue.appRole.name, rights: listed(relation.rights) };
  return [found(CHECKS.foreignTable, nameOf(relation), params)];
}

function withoutTenant(relation: Relation, { catalogue, tenancy }: Context): ObjectFinding[] {
  if (!isReachable(relation)) return [];
  const canWrite = WRITES.some((right) => relation.rights.has(right));
  const severity = canWrite ? "block" : OF_TOOLS.test(relation.name) ? "info" : "warn";
  const params = { column: tenancy.column, role: catalogue.appRole.name, rights: listed(relation.rights) };
  return [found(CHECKS.columnMissing, nameOf(relation), params, { severity })];
}

const SANE = new Set(["text", "varchar", "uuid", "int2", "int4", "int8"]);

function judgeColumn(relation: Relation, context: Context): ObjectFinding[] {
  const column = tenantColumnOf(relation, context.tenancy)!;
  const object = nameOf(relation);
  const params = { column: column.name, type: column.type };
  const isSane = column.typeKind === "e" || (SANE.has(column.base) && column.isDeterministic);
  const isConstant = column.default !== null && /^('|\d|ARRAY)/.test(column.default);
  return [
    ...(column.isNullable && !isCheckedNotNull(relation, column)
      ? [found(CHECKS.columnNullable, object, params)]
      : []),
    ...(isSane ? [] : [found(CHECKS.columnType, object, params)]),
    ...(isConstant ? [found(CHECKS.columnDefault, object, { ...params, value: column.default! })] : []),
  ];
}

const isCheckedNotNull = ({ checks }: Relation, { name }: Column): boolean =>
  checks.some(({ expression }) => new RegExp(`^\\(*"?${name}"? IS NOT NULL\\)*$`).test(expression));

function judgeSecurity(relation: Relation, context: Context): ObjectFinding[] {
  const { catalogue } = context;
  const object = nameOf(relation);
  if (relation.isPartition || relation.parents.length > 0) {
    // Through the parent its policies hold; those of the part itself matter to whoever may name it.
    if (!isReachable(relation) && !relation.rls) return [];
    if (!relation.rls) return [openPart(relation, context)];
  }
  if (!relation.rls) return [found(CHECKS.rlsNotEnabled, object)];
  return [
    ...(relation.forced ? [] : [found(CHECKS.rlsNotForced, object)]),
    ...judgePolicies(relation, context),
    ...judgeDenials(relation, catalogue.appRole.name, context),
  ];
}

function openPart(relation: Relation, { catalogue }: Context): ObjectFinding {
  const parent = catalogue.relations.get(relation.parents[0]!);
  return found(CHECKS.partitionOpen, nameOf(relation), {
    role: catalogue.appRole.name,
    rights: listed(relation.rights),
    parent: parent ? nameOf(parent) : "another table",
  });
}

const ALL: Command[] = ["SELECT", "INSERT", "UPDATE", "DELETE"];

function judgePolicies(relation: Relation, context: Context): ObjectFinding[] {
  const { catalogue, tenancy } = context;
  const seen = new Map<string, ObjectFinding>();
  for (const command of ALL) {
    for (const gap of gapsOf(relation, { ...catalogue.appRole, isSuperuser: false }, command, context)) {
      const key = `${gap.policy}\0${gap.clause}`;
      const isGranted = relation.rights.has(command);
      if (seen.get(key)?.severity === "block" || (seen.has(key) && !isGranted)) continue;
      const params = {
        ...gap,
        isUnknown: "",
        command,
        role: catalogue.appRole.name,
        column: tenantColumnOf(relation, tenancy)!.name,
      };
      const check = gap.isUnknown ? CHECKS.policyUnknown : CHECKS.policyTooWide;
      const { expression } = gap;
      seen.set(
        key,
        found(check, nameOf(relation), params, { expression, severity: isGranted ? "block" : "warn" }),
      );
    }
  }
  return [...seen.values()];
}

function judgeDenials(relation: Relation, role: string, { catalogue }: Context): ObjectFinding[] {
  return ALL.filter((one) => relation.rights.has(one) && deniesAll(relation, catalogue.appRole, one)).map(
    (command) => found(CHECKS.deniesAll, nameOf(relation), { role, command }),
  );
}

function judgeKeys(relation: Relation, { tenancy }: Context): ObjectFinding[] {
  const column = tenantColumnOf(relation, tenancy)!.name;
  return relation.keys
    .filter((key) => !key.columns.includes(column) && !key.isInherited)
    .map((key) =>
      found(
        CHECKS.keyAcross,
        nameOf(relation),
        { key: key.name, columns: listed(key.columns) || "expressions", column },
        { severity: isMeaningless(relation, key) ? "warn" : "block" },
      ),
    );
}

/** Nobody guesses another's uuid, and a number that the database counts says nothing. */
function isMeaningless(relation: Relation, { columns, isExclusion }: Key): boolean {
  const one = relation.columns.find(({ name }) => name === columns[0]);
  if (!one || columns.length > 1 || isExclusion) return false;
  return (
    one.base === "uuid" ||
    one.identity === "a" ||
    one.identity === "d" ||
    /^nextval\(/.test(one.default ?? "")
  );
}

function judgeReferences(relation: Relation, context: Context): ObjectFinding[] {
  const { catalogue, tenancy } = context;
  const column = tenantColumnOf(relation, tenancy)!.name;
  return relation.references.flatMap(({ name, columns, to, toColumns }) => {
    const target = catalogue.relations.get(to);
    if (!target || !isTenantTable(target, context)) return [];
    const at = columns.indexOf(column);
    if (at >= 0 && toColumns[at] === tenantColumnOf(target, tenancy)!.name) return [];
    return [found(CHECKS.referenceAcross, nameOf(relation), { key: name, target: nameOf(target), column })];
  });
}
