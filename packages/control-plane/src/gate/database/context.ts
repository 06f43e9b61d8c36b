import type { Check, Severity } from "../check.ts";
import { type Finding, raise } from "../finding.ts";
import type { Expressions } from "./expression.ts";
import { type Catalogue, isTable, nameOf, type Relation, type Tenancy, tenantColumnOf } from "./model.ts";
import type { Gap } from "./policies.ts";

/** A finding about an object of the database; its path is the object's name. */
export type ObjectFinding = Finding & {
  /** What an exception has to name as well, so that it does not cover the next change. */
  expression?: string;
};

export type Context = {
  catalogue: Catalogue;
  tenancy: Tenancy;
  expressions: Expressions;
  /** Why a relation need not keep tenants apart, when that was declared. */
  exemption(relation: Relation): string | undefined;
  /** Whether this gap of a policy was declared with its expression. */
  isAccepted(relation: Relation, gap: Gap): boolean;
};

export function found(
  check: Check,
  object: string,
  params: Record<string, string | number> = {},
  more: { severity?: Severity; expression?: string } = {},
): ObjectFinding {
  const place = { path: object, line: 1, column: 1 };
  const finding = raise(
    check,
    place,
    { object, ...params },
    more.severity ? { severity: more.severity } : {},
  );
  return more.expression === undefined ? finding : { ...finding, expression: more.expression };
}

/** Tables whose rows belong to tenants, without those that are declared exempt. */
export const tenantTables = (context: Context): Relation[] =>
  [...context.catalogue.relations.values()].filter((one) => isTenantTable(one, context));

export const isTenantTable = (relation: Relation, context: Context): boolean =>
  isTable(relation) &&
  tenantColumnOf(relation, context.tenancy) !== undefined &&
  context.exemption(relation) === undefined;

export const listed = (all: Iterable<string>): string => [...all].join(", ");

export const relationsNamed = (relations: Iterable<Relation>): string =>
  listed([...relations].map(nameOf).sort());
