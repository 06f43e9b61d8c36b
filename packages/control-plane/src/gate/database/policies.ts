import type { Answer, Expressions } from "./expression.ts";
import {
  type Catalogue,
  type Policy,
  type Relation,
  type Role,
  type Tenancy,
  tenantColumnOf,
} from "./model.ts";

export const COMMANDS = { SELECT: "r", INSERT: "a", UPDATE: "w", DELETE: "d" } as const;
export type Command = keyof typeof COMMANDS;

/** One way past the policies: what lets too much through, by which policy. */
export type Gap = {
  policy: string;
  clause: "USING" | "WITH CHECK";
  expression: string;
  because: string;
  isUnknown: boolean;
};

const appliesTo = (policy: Policy, role: Role, command: string): boolean =>
  (policy.command === "*" || policy.command === command) &&
  policy.roles.some((oid) => oid === 0 || role.isSuperuser || role.inherits.has(oid));

/** Whether row-level security is applied to this role at all. */
export function isAboveRls(relation: Relation, role: Role): boolean {
  if (role.isSuperuser || role.bypassesRls || !relation.rls) return true;
  return role.inherits.has(relation.owner) && !relation.forced;
}

type Clause = { policy: Policy; clause: Gap["clause"]; expression: string | null };

/** What the policies of a command compare: permissive ones are alternatives, every restrictive one must hold too. */
function clausesOf(relation: Relation, role: Role, command: Command): Clause[][] {
  const found = relation.policies.filter((policy) => appliesTo(policy, role, COMMANDS[command]));
  const using = found.map((policy) => ({ policy, clause: "USING" as const, expression: policy.using }));
  const check = found.map((policy) => ({
    policy,
    clause: policy.check === null && policy.command !== "a" ? ("USING" as const) : ("WITH CHECK" as const),
    // Without a WITH CHECK, USING is applied to new rows as well.
    expression: policy.check ?? (policy.command === "a" ? null : policy.using),
  }));
  if (command === "INSERT") return [check];
  return command === "UPDATE" ? [using, check] : [using];
}

/** Whether nothing gets through for this command: no permissive policy is for it. */
export const deniesAll = (relation: Relation, role: Role, command: Command): boolean =>
  !isAboveRls(relation, role) &&
  !relation.policies.some((one) => one.isPermissive && appliesTo(one, role, COMMANDS[command]));

/** Policies that let this role through to rows of other tenants. */
export function gapsOf(
  relation: Relation,
  role: Role,
  command: Command,
  { tenancy, expressions }: { tenancy: Tenancy; expressions: Expressions },
): Gap[] {
  const column = tenantColumnOf(relation, tenancy);
  if (!column) return [];
  const expected = { column: column.name, setting: tenancy.setting, isNullable: column.isNullable };
  return clausesOf(relation, role, command).flatMap((clauses) => {
    const answered = clauses.map((one) => ({
      ...one,
      answer: expressions.implies(one.expression, expected),
    }));
    if (answered.some(({ policy, answer }) => !policy.isPermissive && answer.holds)) return [];
    return answered
      .filter(({ policy, answer }) => policy.isPermissive && !answer.holds)
      .map(({ policy, clause, expression, answer }) => ({
        policy: policy.name,
        clause,
        expression: expression ?? "true",
        because: (answer as Extract<Answer, { holds: false }>).because,
        isUnknown: (answer as Extract<Answer, { holds: false }>).isUnknown ?? false,
      }));
  });
}

/** Whether row-level security keeps this role within its tenant, for reading or for anything. */
export function isKeptApart(
  relation: Relation,
  role: Role,
  context: { tenancy: Tenancy; expressions: Expressions },
  commands: Command[] = ["SELECT", "INSERT", "UPDATE", "DELETE"],
): boolean {
  if (isAboveRls(relation, role)) return false;
  return commands.every((command) => gapsOf(relation, role, command, context).length === 0);
}

/** The tenant column and setting that most policies compare. */
export function guessTenancy(
  catalogue: Catalogue,
  expressions: Expressions,
  given: { column?: string | undefined; setting?: string | undefined },
): Pick<Tenancy, "column" | "setting"> | undefined {
  const texts = [...catalogue.relations.values()].flatMap(({ policies }) =>
    policies.flatMap(({ using, check }) => [using, check].filter((text) => text !== null)),
  );
  const pairs = texts.flatMap((text) => expressions.pairs(text));
  const column =
    given.column ?? mostFrequent(pairs.map((pair) => pair.column)) ?? mostFrequent(usualColumns(catalogue));
  if (column === undefined) return undefined;
  const ofColumn = pairs.filter((pair) => pair.column === column).map((pair) => pair.setting);
  const setting =
    given.setting?.toLowerCase() ??
    mostFrequent(ofColumn) ??
    mostFrequent(wrapperSettings(catalogue, expressions));
  return { column, setting };
}

const USUAL = /^(tenant|organi[sz]ation|org|account|workspace|company|customer)_?(id|uuid|key)$/;

const usualColumns = ({ relations }: Catalogue): string[] =>
  [...relations.values()]
    .filter(({ kind }) => kind === "r" || kind === "p")
    .flatMap(({ columns }) => columns.map(({ name }) => name).filter((name) => USUAL.test(name)));

const wrapperSettings = ({ functions }: Catalogue, expressions: Expressions): string[] =>
  [...functions.values()]
    .filter((one) => one.arguments.length === 0 && /tenant|org|account|workspace|customer/.test(one.name))
    .flatMap((one) => expressions.settingOf(`"${one.schema}"."${one.name}"()`) ?? []);

function mostFrequent(values: string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0];
}
