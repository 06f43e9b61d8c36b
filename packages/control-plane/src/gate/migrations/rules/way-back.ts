import type { RangeVar } from "libpg-query";
import { WAY_BACK_CHECKS as CHECKS } from "../checks/way-back.ts";
import { columnOf, commandsOf, droppedRelations, relationsOf, stringsOf } from "../nodes.ts";
import { skipQuoted } from "../psql.ts";
import { isBlankSql } from "../read/sections.ts";
import type { Change, MigrationContext, MigrationRule, Script, Statement, Table } from "../types.ts";
import { writesIn } from "./data.ts";

/** Comments that say, with a reason, that there is no way back and what is done instead (GL-068). */
const POLICY =
  /(?:irreversible|one[- ]way|forward[- ](?:only|fix)|no\s+(?:way\s+back|rollback|down)|cannot\s+be\s+(?:undone|reversed|rolled\s+back)|not\s+reversible|rollback\s+(?:policy|plan|strategy|empty|not\s+required)|roll(?:ed)?\s+forward|ロールバック|切り戻し|元に戻せ|不可逆|取り消せ|前進修正)/i;

function commentsOf(text: string): string {
  let found = "";
  for (let at = 0; at < text.length; ) {
    const end = skipQuoted(text, at);
    if (end > at && (text.startsWith("--", at) || text.startsWith("/*", at)))
      found += `${text.slice(at, end)}\n`;
    at = Math.max(end, at + 1);
  }
  return found;
}

const hasPolicy = (...scripts: (Script | undefined)[]): boolean =>
  scripts.some((script) => script !== undefined && POLICY.test(commentsOf(script.text)));

/** A way back that is written down but commented out, for people to run. */
const hasWrittenDown = (script: Script | undefined): boolean =>
  script !== undefined &&
  /^[ \t]*--+[ \t]*(?:DROP|ALTER|DELETE|UPDATE|INSERT|CREATE|REVOKE|GRANT)\b/im.test(script.text);

const placeOf = (script: Script) => {
  const before = script.file.text.slice(0, script.offset + Math.max(0, script.text.search(/\S/)));
  return {
    path: script.file.path,
    line: before.split("\n").length,
    column: before.length - before.lastIndexOf("\n"),
  };
};

export const wayBack: MigrationRule = (context) => {
  const { migration, set, settings } = context;
  const { up, down } = migration;
  if (migration.repeatable === true || isBlankSql(up.text)) return;
  if (down === undefined) {
    if (hasPolicy(up)) return;
    const place = placeOf(up);
    if (settings.requireDown || set.hasDowns) context.emit(CHECKS.missingDown, place);
    else if (set.migrations.at(-1) === migration && !hasWrittenDown(up))
      context.emit(CHECKS.noWayBack, place);
    return;
  }
  const place = placeOf(down);
  const statements = context.down;
  if (isBlankSql(down.text) || statements?.every(doesNothing) === true) {
    if (hasPolicy(down, up) || hasWrittenDown(down) || /raise\s+exception/i.test(down.text))
      context.emit(CHECKS.forwardOnly, place);
    else if (context.up.every(leavesNothing)) context.emit(CHECKS.emptyDown, place, { severity: "warn" });
    else if (context.changes.up.length > 0 || writesSomething(context.up))
      context.emit(CHECKS.emptyDown, place);
    return;
  }
  if (statements === undefined) return;
  lossy(context, statements);
  commits(context, statements, down);
  refused(context, statements);
  const left = leftOvers(context, statements);
  if (left.length === 0 || hasPolicy(down)) return;
  // What CASCADE took along is not known for sure.
  const isSure =
    !/\bcascade\b/i.test(up.text + down.text) || left.some((one) => /^(?:table|column|type) /.test(one));
  const options = {
    params: { left: left.slice(0, 5).join(", ") },
    ...(!isSure && { severity: "warn" as const }),
  };
  context.emit(CHECKS.downIncomplete, place, options);
};

const READS = new Set([
  "SelectStmt",
  "VariableSetStmt",
  "TransactionStmt",
  "VariableShowStmt",
  "CommentStmt",
  "NotifyStmt",
]);
const doesNothing = (statement: Statement): boolean =>
  statement.kind === "DoStmt"
    ? !/\b(?:drop|alter|delete|update|insert|create|execute|perform)\b/i.test(statement.text)
    : READS.has(statement.kind) && writesIn(statement).length === 0;
/** Nothing that a version before it would meet: a validation, and values that were missing. */
const leavesNothing = (statement: Statement): boolean =>
  statement.kind === "UpdateStmt" ||
  statement.kind === "VacuumStmt" ||
  statement.kind === "RefreshMatViewStmt" ||
  READS.has(statement.kind) ||
  (statement.kind === "AlterTableStmt" &&
    commandsOf(statement.node).every(({ subtype }) => subtype === "AT_ValidateConstraint"));
const writesSomething = (statements: readonly Statement[]): boolean =>
  statements.some(
    (statement) =>
      writesIn(statement).length > 0 || statement.kind === "GrantStmt" || statement.kind === "CopyStmt",
  );

/** What the down destroys that up did not make. */
function lossy(context: MigrationContext, statements: readonly Statement[]): void {
  for (const [at, statement] of statements.entries()) {
    const say = (what: string) => context.emit(CHECKS.lossyDown, statement.place, { params: { what } });
    const isOwn = (relation: RangeVar | undefined) => isUps(context, relation, statements.slice(0, at));
    if (statement.kind === "DropStmt" && statement.node.removeType === "OBJECT_TABLE") {
      for (const one of droppedRelations(statement.node.objects)) if (!isOwn(one)) say(one.relname ?? "");
    } else if (statement.kind === "DropStmt" && statement.node.removeType === "OBJECT_SCHEMA") {
      for (const name of (statement.node.objects ?? []).flatMap((one) => stringsOf([one]))) {
        const made = context.changes.up.some(
          (one) => one.kind === "schema" && one.name === name && !one.before,
        );
        if (!made) say(name);
      }
    } else if (statement.kind === "AlterTableStmt" && !isOwn(statement.node.relation)) {
      for (const command of commandsOf(statement.node)) {
        if (
          command.subtype !== "AT_DropColumn" ||
          isUpsColumn(context, statement.node.relation, command.name ?? "") ||
          isMoved(statements, command.name ?? "")
        )
          continue;
        say(`${statement.node.relation?.relname}.${command.name}`);
      }
    } else if (statement.kind === "TruncateStmt") {
      for (const one of relationsOf(statement.node.relations)) if (!isOwn(one)) say(one.relname ?? "");
    }
    for (const write of writesIn(statement)) {
      if (write.kind !== "delete" || write.node.whereClause !== undefined || isOwn(write.node.relation))
        continue;
      say(write.node.relation?.relname ?? "");
    }
  }
}

const last = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

/** Whether up made the table (or took it away), or the down itself did. */
export function isUps(
  context: MigrationContext,
  relation: RangeVar | undefined,
  earlier: readonly Statement[],
): boolean {
  if (relation?.relpersistence === "t") return true;
  const { after, changes, settings } = context;
  const known = after.get("table", after.resolve(relation, settings.searchPath));
  if (known !== undefined) return known.made?.migration === after.migration;
  const name = relation?.relname ?? "";
  const isGone = changes.up.some(
    (one) => one.kind === "table" && one.after === undefined && last(one.name) === name,
  );
  return isGone || earlier.some((one) => makes(one, name));
}

const makes = (statement: Statement, name: string): boolean =>
  (statement.kind === "CreateStmt" && statement.node.relation?.relname === name) ||
  (statement.kind === "CreateTableAsStmt" && statement.node.into?.rel?.relname === name) ||
  (statement.kind === "RenameStmt" && statement.node.newname === name);

/** Another column takes its name: what was in it was copied there before. */
const isMoved = (down: readonly Statement[], column: string): boolean =>
  down.some(
    (one) => one.kind === "RenameStmt" && one.node.subname !== undefined && one.node.newname === column,
  );

/** Whether up made the column. */
export function isUpsColumn(
  context: MigrationContext,
  relation: RangeVar | undefined,
  column: string,
): boolean {
  const { after, settings, up } = context;
  const table = after.get("table", after.resolve(relation, settings.searchPath));
  const known = table?.columns.get(column);
  if (known !== undefined) return known.made?.migration === after.migration;
  if (table?.complete === true) return true;
  return up.some(
    (one) =>
      (one.kind === "RenameStmt" && one.node.newname === column) ||
      (one.kind === "AlterTableStmt" &&
        commandsOf(one.node).some(
          (command) => command.subtype === "AT_AddColumn" && columnOf(command)?.colname === column,
        )),
  );
}

/** What PostgreSQL refuses to drop because something that is still there needs it. */
function refused(context: MigrationContext, statements: readonly Statement[]): void {
  const { after, settings } = context;
  const gone = new Set<string>();
  for (const statement of statements) {
    if (statement.kind !== "DropStmt") continue;
    const { removeType, objects, behavior } = statement.node;
    const isTable = removeType === "OBJECT_TABLE";
    const named = isTable
      ? droppedRelations(objects).map((one) => after.resolve(one, settings.searchPath))
      : [];
    for (const name of named) gone.add(name);
    if (behavior === "DROP_CASCADE") continue;
    const say = (what: string, by: string) =>
      context.emit(CHECKS.downRefused, statement.place, { params: { what, by } });
    for (const name of named) {
      const user = [...after.all("table")].find(
        (table) =>
          !gone.has(table.name) &&
          [...table.constraints.values()].some((one) => one.references?.table === name),
      );
      if (user !== undefined && !drops(statements, statement, user.name)) say(name, user.name);
    }
    if (removeType !== "OBJECT_TYPE" && removeType !== "OBJECT_DOMAIN") continue;
    for (const object of objects ?? []) {
      const name = "TypeName" in object ? (stringsOf(object.TypeName.names).at(-1) ?? "") : "";
      const user = [...after.all("table")].find(
        (table) =>
          !gone.has(table.name) && [...table.columns.values()].some((one) => last(one.type ?? "") === name),
      );
      if (user !== undefined && !drops(statements, statement, user.name)) say(name, user.name);
    }
  }
}

/** Whether an earlier statement of the down changes the table, so that what needed the object may be gone. */
const drops = (statements: readonly Statement[], until: Statement, table: string): boolean =>
  statements
    .slice(0, statements.indexOf(until))
    .some((one) => one.kind === "AlterTableStmt" && one.node.relation?.relname === last(table));

/** COMMIT inside of the runner's transaction ends it half way. */
function commits(context: MigrationContext, statements: readonly Statement[], down: Script): void {
  if (down.transaction !== "per-file") return;
  for (const statement of statements) {
    if (statement.kind !== "TransactionStmt" || statement.within !== "script") continue;
    if (!/COMMIT$|ROLLBACK$/.test(statement.node.kind ?? "")) continue;
    context.emit(CHECKS.downCommits, statement.place);
    return;
  }
}

const NOT_COMPARED: ReadonlySet<Change["kind"]> = new Set([
  "extension",
  "schema",
  "sequence",
  "droppedIndex",
]);

/** What is still there after down, or no longer; without what no longer differs in a way that matters. */
function leftOvers(context: MigrationContext, down: readonly Statement[]): string[] {
  const changes = context.changes.upAndDown ?? [];
  const { migration } = context.after;
  // Types that change names are not followed into the columns of the tables.
  const renamesTypes = [...context.up, ...down].some(
    (one) => one.kind === "RenameStmt" && one.node.renameType === "OBJECT_TYPE",
  );
  const tables = new Set(
    changes.flatMap((one) => (one.kind === "table" && !(one.before && one.after) ? one.name : [])),
  );
  return changes.flatMap((change): string[] => {
    if (NOT_COMPARED.has(change.kind)) return [];
    if (change.kind === "table")
      return tableLeft(change.name, change.before, change.after, migration, renamesTypes);
    if (change.before !== undefined && change.after !== undefined) return [];
    if ((change.kind === "function" || change.kind === "view") && isPutBack(down, change.name)) return [];
    if (change.kind === "index") {
      const index = change.before ?? change.after;
      const isConstraint =
        index === undefined || tables.has(index.table) || /_(?:pkey|key|excl)\d*$/.test(index.name);
      if (isConstraint || changes.some((other) => other.kind === "index" && isSameIndex(change, other)))
        return [];
    }
    return [`${change.kind} ${change.name}`];
  });
}

type IndexChange = Change & { kind: "index" };

/** One is gone and the other is new, and they do the same under different names. */
function isSameIndex(one: IndexChange, other: IndexChange): boolean {
  const [left, right] = [one.before ?? one.after, other.before ?? other.after];
  if (one === other || (one.before === undefined) === (other.before === undefined)) return false;
  return (
    left?.table === right?.table &&
    left?.unique === right?.unique &&
    String(left?.columns) === String(right?.columns)
  );
}

/** What OR REPLACE had replaced is not in the history; a down that writes it again puts it back. */
const isPutBack = (down: readonly Statement[], name: string): boolean =>
  down.some(
    (one) =>
      (one.kind === "CreateFunctionStmt" && stringsOf(one.node.funcname).at(-1) === last(name)) ||
      (one.kind === "ViewStmt" && one.node.view?.relname === last(name)),
  );

/** The schema of a type may be written or not; varchar without a length is text. */
function isSameType(before: string | undefined, after: string | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  const plain = (type: string) => last(type).replace(/^varchar(?!\()/, "text");
  return plain(before) === plain(after);
}

function tableLeft(
  name: string,
  before: Table | undefined,
  after: Table | undefined,
  migration: number,
  sameTypes: boolean,
): string[] {
  if (before === undefined && after === undefined) return [];
  if (after === undefined) return before?.complete === true || before !== undefined ? [`table ${name}`] : [];
  if (before === undefined && after.complete) return [`table ${name}`];
  const left: string[] = [];
  for (const [column, { made }] of after.columns) {
    if (before?.columns.has(column) !== true && made?.migration === migration)
      left.push(`column ${name}.${column}`);
  }
  for (const [column, known] of before?.columns ?? []) {
    const now = after.columns.get(column);
    if (now === undefined) left.push(`column ${name}.${column}`);
    else if (!sameTypes && !isSameType(known.type, now.type)) {
      left.push(`type of ${name}.${column}`);
    } else if (known.notNull !== now.notNull) left.push(`NOT NULL of ${name}.${column}`);
  }
  const kinds = (table: Table | undefined) =>
    [...(table?.constraints.values() ?? [])]
      .filter((one) => one.kind !== "not-null")
      .map((one) => ({ one, as: `${one.kind} ${[...one.columns].sort()}` }));
  const [had, has] = [kinds(before), kinds(after)];
  for (const { one, as } of has) {
    if (one.made?.migration === migration && !had.some((other) => other.as === as))
      left.push(`constraint ${one.name}`);
  }
  for (const { one, as } of had)
    if (!has.some((other) => other.as === as)) left.push(`constraint ${one.name}`);
  if (before !== undefined) {
    const [one, other] = [before.rowSecurity, after.rowSecurity];
    if (one.enabled !== other.enabled || one.forced !== other.forced)
      left.push(`row level security of ${name}`);
    for (const policy of new Set([...before.policies.keys(), ...after.policies.keys()])) {
      if (before.policies.has(policy) !== after.policies.has(policy)) left.push(`policy ${policy}`);
    }
    for (const trigger of new Set([...before.triggers, ...after.triggers])) {
      if (before.triggers.has(trigger) !== after.triggers.has(trigger)) left.push(`trigger ${trigger}`);
    }
  }
  return left;
}

export const wayBackRules: readonly MigrationRule[] = [wayBack];
