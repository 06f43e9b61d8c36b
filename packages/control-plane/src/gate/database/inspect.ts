import type { ClientBase } from "pg";
import { type Verdict, verdictOf } from "../finding.ts";
import { matchesGlob } from "../glob.ts";
import { DATABASE_CHECKS as CHECKS } from "./checks.ts";
import { type Context, found, isTenantTable, type ObjectFinding } from "./context.ts";
import type { DatabaseException } from "./exceptions.ts";
import { type Expressions, openExpressions } from "./expression.ts";
import { fuzz } from "./fuzz/fuzz.ts";
import { judgeReach } from "./judge-reach.ts";
import { judgeRoles } from "./judge-roles.ts";
import { judgeTables } from "./judge-tables.ts";
import { type Catalogue, isTable, nameOf, type Relation, type Tenancy } from "./model.ts";
import { type Gap, guessTenancy } from "./policies.ts";
import { readCatalogue } from "./store-catalogue.ts";

export type InspectOptions = {
  appRole: string;
  schemas?: string[] | undefined;
  tenantColumn?: string | undefined;
  tenantSetting?: string | undefined;
  /** Relations without tenants, as `schema.table`; `*` stands for any part of a name. */
  except?: string[] | undefined;
  exceptions?: DatabaseException[] | undefined;
  fuzz: boolean;
};

export type Checked = {
  tables: number;
  views: number;
  functions: number;
  policies: number;
  roles: number;
  /** Tables on which one tenant acted on another's rows. */
  fuzzed: string[];
  attempts: number;
};

export type Inspection = {
  verdict: Verdict;
  findings: ObjectFinding[];
  excepted: { finding: ObjectFinding; because: string }[];
  checked: Checked;
  /** What it went by. */
  tenancy: { column: string; setting: string | undefined };
  roles: { application: string; connected: string };
};

/** Why nothing could be said; never a pass. */
export type Refused = { refused: "app_role_unknown" | "no_tables" | "tenant_unknown" };

/** Looks at the database of this connection. Inside of a transaction, which the caller rolls back. */
export async function inspect(client: ClientBase, options: InspectOptions): Promise<Inspection | Refused> {
  const catalogue = await readCatalogue(client, { schemas: options.schemas, appRole: options.appRole });
  if (!catalogue) return { refused: "app_role_unknown" };
  const relations = [...catalogue.relations.values()];
  if (!relations.some(isTable)) return { refused: "no_tables" };
  const expressions = await openExpressions(catalogue.functions);
  const guessed = guessTenancy(catalogue, expressions, {
    column: options.tenantColumn,
    setting: options.tenantSetting,
  });
  if (!guessed) return { refused: "tenant_unknown" };
  const tenancy = { ...guessed, columns: registries(catalogue, guessed.column) };
  const context = contextOf(catalogue, tenancy, expressions, options);
  if (!relations.some((one) => isTenantTable(one, context))) return { refused: "tenant_unknown" };
  const judged = [...judgeTables(context), ...judgeRoles(context), ...judgeReach(context)];
  const fuzzed = options.fuzz ? await fuzz(client, context) : undefined;
  const { kept, excepted, unused } = applyExceptions(
    [...judged, ...(fuzzed?.findings ?? [])],
    options,
    catalogue,
  );
  const findings = distinct([...kept, ...unused]);
  return {
    verdict: verdictOf(findings),
    findings,
    excepted,
    checked: {
      tables: relations.filter(isTable).length,
      views: relations.filter(({ kind }) => kind === "v" || kind === "m").length,
      functions: catalogue.functions.size,
      policies: relations.reduce((sum, { policies }) => sum + policies.length, 0),
      roles: catalogue.roles.size,
      fuzzed: fuzzed?.fuzzed ?? [],
      attempts: fuzzed?.attempts ?? 0,
    },
    tenancy: guessed,
    roles: {
      application: catalogue.appRole.name,
      connected: catalogue.roles.get(catalogue.connectedAs)?.name ?? "?",
    },
  };
}

/** The table of the tenants itself names them in a column of another name, which the tenant columns refer to. */
function registries({ relations }: Catalogue, column: string): Map<number, string> {
  const columns = new Map<number, string>();
  for (const { references } of relations.values()) {
    for (const { columns: from, to, toColumns } of references) {
      const target = relations.get(to);
      const isNamed = target?.columns.some(({ name }) => name === column) ?? true;
      if (from.length === 1 && from[0] === column && !isNamed) columns.set(to, toColumns[0]!);
    }
  }
  return columns;
}

const isSame = (pattern: string, relation: Relation): boolean =>
  matchesGlob(pattern, nameOf(relation)) || (!pattern.includes(".") && matchesGlob(pattern, relation.name));

const plain = (expression: string): string => expression.replace(/\s+/g, " ").trim();

function contextOf(
  catalogue: Catalogue,
  tenancy: Tenancy,
  expressions: Expressions,
  options: InspectOptions,
): Context {
  const except = options.except ?? [];
  return {
    catalogue,
    tenancy,
    expressions,
    exemption(relation) {
      const declared = options.exceptions?.find(
        ({ object, code }) => code === CHECKS.exempt.code && isSame(object, relation),
      );
      if (declared) return declared.reason;
      const named = except.find((pattern) => isSame(pattern, relation));
      return named === undefined ? undefined : `named as "${named}"`;
    },
    isAccepted: (relation: Relation, gap: Gap) =>
      (options.exceptions ?? []).some(
        ({ object, expression }) =>
          isSame(object, relation) && expression !== undefined && plain(expression) === plain(gap.expression),
      ),
  };
}

/** What was declared, with its reason, is shown apart; what has an expression is covered only as it was declared. */
function applyExceptions(all: ObjectFinding[], { exceptions = [] }: InspectOptions, catalogue: Catalogue) {
  const used = new Set<DatabaseException>();
  const kept: ObjectFinding[] = [];
  const excepted: { finding: ObjectFinding; because: string }[] = [];
  for (const finding of all) {
    const one = exceptions.find(
      ({ code, object, expression }) =>
        code === finding.code &&
        code !== CHECKS.exempt.code &&
        matchesGlob(object, finding.path) &&
        (finding.expression === undefined || plain(finding.expression) === plain(expression ?? "")),
    );
    if (one) {
      used.add(one);
      excepted.push({ finding, because: one.reason });
    } else kept.push(finding);
  }
  const isHere = ({ object }: DatabaseException) =>
    [...catalogue.relations.values()].some((one) => isSame(object, one));
  const unused = exceptions
    .filter((one) => one.code !== CHECKS.exempt.code && !used.has(one) && isHere(one))
    .map(({ code, object }) => found(CHECKS.exceptionUnused, object, { code }));
  return { kept, excepted, unused };
}

function distinct(findings: ObjectFinding[]): ObjectFinding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, path, reason }) => {
    const key = `${code}\0${path}\0${reason.en}`;
    return !seen.has(key) && seen.add(key);
  });
}
