import { DATABASE_CHECKS as CHECKS } from "./checks.ts";
import { type Context, found, isTenantTable, listed, type ObjectFinding, relationsNamed } from "./context.ts";
import {
  type DatabaseFunction,
  isReachable,
  isTable,
  nameOf,
  type Relation,
  tenantColumnOf,
} from "./model.ts";
import { COMMANDS, type Command, gapsOf, isAboveRls } from "./policies.ts";

/** Rows are reached through views, functions, triggers and rules as well: with whose rights? */
export function judgeReach(context: Context): ObjectFinding[] {
  const { catalogue } = context;
  return [
    ...[...catalogue.relations.values()].flatMap((relation) => judgeView(relation, context)),
    ...[...catalogue.functions.values()].flatMap((one) => judgeFunction(one, context)),
    ...judgeTriggers(context),
    ...judgeRules(context),
  ];
}

/** Whether row-level security keeps a role within its tenant; what was declared with its expression is as it should be. */
function isApart(relation: Relation, oid: number, context: Context, commands: Command[]): boolean {
  const role = context.catalogue.roles.get(oid);
  if (!role || isAboveRls(relation, role)) return false;
  return commands.every((command) =>
    gapsOf(relation, role, command, context).every((gap) => context.isAccepted(relation, gap)),
  );
}

const SELECT: Command[] = ["SELECT"];
const ALL = Object.keys(COMMANDS) as Command[];

type Read = { table: Relation; as: number };

/** Tenant tables below a view, and whose rights are looked at; an invoker's are those of whoever asks, however deep. */
function readsOf(view: Relation, context: Context, asker: number, seen = new Set<number>()): Read[] {
  if (seen.has(view.oid)) return [];
  seen.add(view.oid);
  const as = view.isInvoker && view.kind === "v" ? asker : view.owner;
  return view.uses.flatMap((oid) => {
    const used = context.catalogue.relations.get(oid);
    if (!used) return [];
    if (used.kind === "v" || used.kind === "m") return readsOf(used, context, asker, seen);
    return isTenantTable(used, context) ? [{ table: used, as }] : [];
  });
}

function judgeView(view: Relation, context: Context): ObjectFinding[] {
  const { catalogue } = context;
  const role = catalogue.appRole;
  if ((view.kind !== "v" && view.kind !== "m") || !isReachable(view)) return [];
  if (context.exemption(view) !== undefined) return [];
  const object = nameOf(view);
  const reads = readsOf(view, context, role.oid);
  if (view.kind === "m") {
    const tables = relationsNamed(new Set(reads.map(({ table }) => table)));
    const params = { role: role.name, rights: listed(view.rights), tables };
    return tables === "" ? [] : [found(CHECKS.materializedView, object, params)];
  }
  const stale = view.uses.filter((oid) => catalogue.relations.get(oid)?.kind === "m");
  const foreign = reads.filter(({ as }) => as !== role.oid);
  const commands = ALL.filter((command) => view.rights.has(command));
  const open = foreign.filter(({ table, as }) => !isApart(table, as, context, commands));
  if (open.length > 0) {
    const owners = new Set(open.map(({ as }) => catalogue.roles.get(as)?.name ?? String(as)));
    const tables = relationsNamed(new Set(open.map(({ table }) => table)));
    return [found(CHECKS.viewBypasses, object, { tables, owner: listed(owners) })];
  }
  if (stale.length > 0 && reads.length > 0 && !comparesTenant(view, context)) {
    return [
      found(CHECKS.viewBypasses, object, {
        tables: relationsNamed(reads.map(({ table }) => table)),
        owner: "a materialized view",
      }),
    ];
  }
  return foreign.length > 0 ? [found(CHECKS.viewOwner, object)] : [];
}

/** Over a materialized view only the fuzzer can tell; a view that names the function or setting is taken as trying to. */
const comparesTenant = (view: Relation, { catalogue }: Context): boolean =>
  view.uses.some((oid) => catalogue.functions.has(oid)) || view.name === "";

const withoutComments = (source: string): string =>
  source.replace(/--.*$/gm, " ").replace(/\/\*[\s\S]*?\*\//g, " ");

/** Tenant tables that a function's body names, also through what it calls; all of them when it builds its statements. */
export function tablesOf(one: DatabaseFunction, context: Context, seen = new Set<number>()): Set<Relation> {
  const touched = new Set<Relation>();
  if (seen.has(one.oid)) return touched;
  seen.add(one.oid);
  const { relations, functions } = context.catalogue;
  const text = withoutComments(one.source).toLowerCase();
  const words = new Set(text.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []);
  const isOpaque =
    !["sql", "plpgsql"].includes(one.language) || (one.language === "plpgsql" && /\bexecute\b/.test(text));
  for (const relation of relations.values()) {
    const isNamed = one.uses.includes(relation.oid) || words.has(relation.name.toLowerCase()) || isOpaque;
    if (!isNamed) continue;
    if (isTable(relation)) touched.add(relation);
    else if (relation.kind === "v")
      for (const { table } of readsOf(relation, context, one.owner)) touched.add(table);
    else if (relation.kind === "m") touched.add(relation);
  }
  for (const other of functions.values()) {
    if (other.oid !== one.oid && (one.uses.includes(other.oid) || words.has(other.name.toLowerCase()))) {
      for (const table of tablesOf(other, context, seen)) touched.add(table);
    }
  }
  return touched;
}

function judgeFunction(one: DatabaseFunction, context: Context): ObjectFinding[] {
  const { catalogue, tenancy } = context;
  const object = `${nameOf(one)}(${one.arguments.join(", ")})`;
  const role = catalogue.appRole;
  const leaky =
    one.isLeakproof && one.isExecutable ? [found(CHECKS.leakproof, object, { role: role.name })] : [];
  if (!one.isExecutable) return leaky;
  if (!one.isDefiner || one.owner === role.oid) {
    const params = { role: role.name, setting: tenancy.setting ?? "the tenant" };
    return setsTenant(one, tenancy.setting)
      ? [...leaky, found(CHECKS.invokerSetsTenant, object, params)]
      : leaky;
  }
  const tables = [...tablesOf(one, context)];
  const copies = tables.filter(({ kind }) => kind === "m");
  const open = [
    ...copies,
    ...tables.filter(
      (table) => isTenantTable(table, context) && !isApart(table, one.owner, context, commandsIn(one)),
    ),
  ];
  const owner = catalogue.roles.get(one.owner)?.name ?? String(one.owner);
  return [
    ...leaky,
    ...(open.length > 0
      ? [found(CHECKS.definerBypasses, object, { role: role.name, tables: relationsNamed(open), owner })]
      : []),
    ...(setsTenant(one, tenancy.setting)
      ? [found(CHECKS.definerSetsTenant, object, { setting: tenancy.setting ?? "the tenant" })]
      : []),
    ...judgePath(one, object, context),
  ];
}

/** What a body can do at most; what builds its statements can do all. */
function commandsIn(one: DatabaseFunction): Command[] {
  const text = withoutComments(one.source);
  if (/\bexecute\b/i.test(text)) return ALL;
  return ALL.filter((command) => command === "SELECT" || new RegExp(`\\b${command}\\b`, "i").test(text));
}

/** Whether a function acts as another tenant than its caller's, or without row-level security. */
export function setsTenant(one: DatabaseFunction, setting: string | undefined): boolean {
  const text = withoutComments(one.source);
  const names = ["row_security", ...(setting === undefined ? [] : [setting])];
  const isOwn = one.settings.some((entry) => names.includes(entry.split("=")[0]!.toLowerCase()));
  const sets = names.some((name) =>
    new RegExp(`\\bset\\s+(local\\s+|session\\s+)?"?${name.replace(".", '"?\\."?')}\\b`, "i").test(text),
  );
  return isOwn || sets || configures(text, setting === undefined ? undefined : names);
}

/** What names its setting in any way but by a plain text could name each. */
function configures(text: string, names: string[] | undefined): boolean {
  return [...text.matchAll(/\bset_config\s*\(\s*(?:'(?<name>[^']*)'\s*,)?/gi)].some(
    ({ groups }) => groups?.name === undefined || !names || names.includes(groups.name.toLowerCase()),
  );
}

function judgePath(one: DatabaseFunction, object: string, { catalogue }: Context): ObjectFinding[] {
  // What was parsed when it was created looks nothing up.
  if (one.language === "sql" && /^\s*(RETURN\b|BEGIN ATOMIC\b)/i.test(one.source)) return [];
  const set = one.settings.find((entry) => entry.toLowerCase().startsWith("search_path="));
  if (set === undefined)
    return [
      found(CHECKS.definerPath, object, { fault: "is the caller's", faultJa: "呼び出し側のものである" }),
    ];
  const parts = set
    .slice("search_path=".length)
    .split(",")
    .map((part) => part.trim().replaceAll('"', ""));
  const writable = parts.filter((part) =>
    catalogue.schemas.some((schema) => schema.name === part && schema.canCreate),
  );
  if (writable.length > 0 || parts.includes("$user")) {
    const names = listed(writable) || "$user";
    return [
      found(CHECKS.definerPath, object, {
        fault: `contains ${names}, where the caller may create objects`,
        faultJa: `呼び出し側が作成できる ${names} を含む`,
      }),
    ];
  }
  const others = parts.filter((part) => part !== "" && part !== "pg_catalog" && part !== "pg_temp");
  if (others.length === 0 || parts.at(-1) === "pg_temp") return [];
  return [
    found(
      CHECKS.definerPath,
      object,
      {
        fault: "does not name pg_temp last, so that temporary tables come first",
        faultJa: "pg_tempが最後になく、一時表が先に見つかる",
      },
      { severity: "warn" },
    ),
  ];
}

function judgeTriggers(context: Context): ObjectFinding[] {
  const { catalogue } = context;
  return catalogue.triggers.flatMap(({ name, table: oid, function: called }) => {
    const table = catalogue.relations.get(oid);
    const one = catalogue.functions.get(called);
    if (!table || !one || !isTenantTable(table, context)) return [];
    const global = [...tablesOf(one, context)].filter(
      (target) => target.oid !== oid && isTable(target) && !tenantColumnOf(target, context.tenancy),
    );
    const isWriting = /\b(insert|update|merge|execute)\b/i.test(one.source);
    if (global.length === 0 || !isWriting) return [];
    return [found(CHECKS.triggerCopies, nameOf(table), { trigger: name, tables: relationsNamed(global) })];
  });
}

function judgeRules(context: Context): ObjectFinding[] {
  const { catalogue } = context;
  return catalogue.rules.flatMap(({ name, relation: oid, uses }) => {
    const relation = catalogue.relations.get(oid);
    if (!relation || !(isTenantTable(relation, context) || relation.kind === "v") || !isReachable(relation))
      return [];
    const used = uses.flatMap((other) => catalogue.relations.get(other) ?? []).filter(isTable);
    const open = used.filter(
      (table) =>
        !isTenantTable(table, context) ||
        !isApart(table, relation.owner, context, SELECT.concat("INSERT", "UPDATE", "DELETE")),
    );
    if (used.length === 0) return [];
    const owner = catalogue.roles.get(relation.owner)?.name ?? String(relation.owner);
    const params = { rule: name, tables: relationsNamed(used), owner };
    return [found(CHECKS.rule, nameOf(relation), params, open.length > 0 ? {} : { severity: "warn" })];
  });
}
