import { WAY_BACK_CHECKS as CHECKS } from "../checks/way-back.ts";
import { commandsOf, droppedRelations, relationsOf, stringsOf } from "../nodes.ts";
import { isBlankSql } from "../read/sections.ts";
import type { Change, MigrationContext, MigrationRule, Script, Statement, Table } from "../types.ts";
import { writesIn } from "./data.ts";

/** Comments that say, with a reason, that there is no way back and what is done instead (GL-068). */
const POLICY =
  /(?:irreversible|one[- ]way|forward[- ](?:only|fix)|no\s+(?:way\s+back|rollback|down)|cannot\s+be\s+(?:undone|reversed|rolled\s+back)|not\s+reversible|rollback\s+(?:policy|plan|strategy|empty|not\s+required)|roll(?:ed)?\s+forward|ロールバック|切り戻し|元に戻せ|不可逆|取り消せ|前進修正)/i;

const commentsOf = (text: string): string =>
  (text.match(/--[^\n]*|\/\*[^*]*(?:\*(?!\/)[^*]*)*\*\//g) ?? []).join("\n");

const hasPolicy = (...scripts: (Script | undefined)[]): boolean =>
  scripts.some((script) => script !== undefined && POLICY.test(commentsOf(script.text)));

/** A way back that is written down but commented out, for people to run. */
const hasWrittenDown = (script: Script | undefined): boolean =>
  script !== undefined &&
  /^\s*--+\s*(?:DROP|ALTER|DELETE|UPDATE|INSERT|CREATE|REVOKE|GRANT)\b/im.test(script.text);

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
    const withDown = set.migrations.filter((one) => one.down !== undefined).length;
    const isDue =
      set.hasDowns &&
      (withDown * 2 >= set.migrations.length ||
        ["goose", "dbmate", "sql-migrate", "play"].includes(set.tool));
    const place = placeOf(up);
    if (settings.requireDown || isDue) context.emit(CHECKS.missingDown, place);
    else if (set.migrations.at(-1) === migration && !hasWrittenDown(up))
      context.emit(CHECKS.noWayBack, place);
    return;
  }
  const place = placeOf(down);
  const statements = context.down;
  if (isBlankSql(down.text) || statements?.every(doesNothing) === true) {
    if (hasPolicy(down, up) || hasWrittenDown(down) || /raise\s+exception/i.test(down.text))
      context.emit(CHECKS.forwardOnly, place);
    else if (context.changes.up.length > 0 || writesSomething(context.up))
      context.emit(CHECKS.emptyDown, place);
    return;
  }
  if (statements === undefined) return;
  lossy(context, statements);
  commits(context, statements, down);
  const left = (context.changes.upAndDown ?? []).flatMap(leftOver(context));
  if (left.length > 0 && !hasPolicy(down)) {
    context.emit(CHECKS.downIncomplete, place, { params: { left: left.slice(0, 5).join(", ") } });
  }
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
const writesSomething = (statements: readonly Statement[]): boolean =>
  statements.some(
    (statement) =>
      writesIn(statement).length > 0 || statement.kind === "GrantStmt" || statement.kind === "CopyStmt",
  );

/** What the down destroys that up did not make. */
function lossy(context: MigrationContext, statements: readonly Statement[]): void {
  const made = (kind: Change["kind"], name: string) =>
    context.changes.up.some(
      (change) => change.kind === kind && change.name === name && change.before === undefined,
    );
  const tables = new Map<string, Table | undefined>();
  for (const change of context.changes.up)
    if (change.kind === "table") tables.set(change.name, change.before);
  // A table up renamed or never touched is not up's to drop; names without a schema are compared by their last part.
  const isMade = (name: string) =>
    context.changes.up.some(
      (change) =>
        change.kind === "table" &&
        change.before === undefined &&
        isComplete(change.after) &&
        last(change.name) === last(name),
    );
  for (const statement of statements) {
    const say = (what: string) => context.emit(CHECKS.lossyDown, statement.place, { params: { what } });
    if (statement.kind === "DropStmt" && statement.node.removeType === "OBJECT_TABLE") {
      for (const relation of droppedRelations(statement.node.objects)) {
        if (!isMade(relation.relname ?? "")) say(relation.relname ?? "");
      }
    } else if (statement.kind === "DropStmt" && statement.node.removeType === "OBJECT_SCHEMA") {
      for (const name of (statement.node.objects ?? []).flatMap((one) => stringsOf([one])))
        if (!made("schema", name)) say(name);
    } else if (statement.kind === "AlterTableStmt") {
      const table = statement.node.relation?.relname ?? "";
      for (const command of commandsOf(statement.node)) {
        if (command.subtype !== "AT_DropColumn" || isMade(table)) continue;
        if (!addedColumns(context, table).has(command.name ?? "")) say(`${table}.${command.name}`);
      }
    } else if (statement.kind === "TruncateStmt") {
      for (const relation of relationsOf(statement.node.relations))
        if (!isMade(relation.relname ?? "")) say(relation.relname ?? "");
    }
    for (const write of writesIn(statement)) {
      if (
        write.kind !== "delete" ||
        write.node.whereClause !== undefined ||
        isMade(write.node.relation?.relname ?? "")
      )
        continue;
      say(write.node.relation?.relname ?? "");
    }
  }
}

const last = (name: string): string => name.slice(name.lastIndexOf(".") + 1);
const isComplete = (table: Table | undefined): boolean => table?.complete === true;

function addedColumns(context: MigrationContext, table: string): Set<string> {
  const found = new Set<string>();
  for (const statement of context.up) {
    if (statement.kind === "AlterTableStmt") {
      for (const command of commandsOf(statement.node)) {
        if (command.subtype !== "AT_AddColumn" || command.def === undefined || !("ColumnDef" in command.def))
          continue;
        found.add(command.def.ColumnDef.colname ?? "");
      }
    } else if (statement.kind === "RenameStmt" && statement.node.subname !== undefined)
      found.add(statement.node.newname ?? "");
  }
  void table;
  return found;
}

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

/** What of a change is still there after down; empty for what no longer differs in a way that matters. */
const leftOver =
  (context: MigrationContext) =>
  (change: Change): string[] => {
    const { migration } = context.after;
    if (change.kind === "extension" || change.kind === "schema" || change.kind === "sequence") return [];
    if (change.kind === "table") return tableLeft(change.name, change.before, change.after, migration);
    if ((change.kind === "function" || change.kind === "view") && isPutBack(context.down ?? [], change.name))
      return [];
    if (change.before !== undefined && change.after !== undefined) return [];
    return [`${change.kind} ${change.name}`];
  };

/** What OR REPLACE had replaced is not in the history; a down that writes it again puts it back. */
const isPutBack = (down: readonly Statement[], name: string): boolean =>
  down.some(
    (one) =>
      (one.kind === "CreateFunctionStmt" && stringsOf(one.node.funcname).at(-1) === last(name)) ||
      (one.kind === "ViewStmt" && one.node.view?.relname === last(name)),
  );

function tableLeft(
  name: string,
  before: Table | undefined,
  after: Table | undefined,
  migration: number,
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
    else if (known.type !== undefined && now.type !== undefined && known.type !== now.type)
      left.push(`type of ${name}.${column}`);
    else if (known.notNull !== now.notNull) left.push(`NOT NULL of ${name}.${column}`);
  }
  for (const [constraint, { made, kind }] of after.constraints) {
    if (
      before?.constraints.has(constraint) !== true &&
      made?.migration === migration &&
      kind !== "not-null"
    ) {
      left.push(`constraint ${constraint}`);
    }
  }
  for (const constraint of before?.constraints.keys() ?? []) {
    if (!after.constraints.has(constraint)) left.push(`constraint ${constraint}`);
  }
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
