import type { Node } from "libpg-query";
import { INTEGRITY_CHECKS as CHECKS } from "../checks/integrity.ts";
import { callsIn, commandsOf, constantOf, relationOf } from "../nodes.ts";
import type { Rule, RuleContext } from "../types.ts";
import { isOwn } from "./data.ts";

const triggersOff: Rule = (context) => {
  const { statement } = context;
  if (statement.kind === "VariableSetStmt" && /^session_replication_role$/i.test(statement.node.name ?? "")) {
    const value = constantOf(statement.node.args?.[0]);
    if (/^replica$/i.test(String(value)))
      context.emit(CHECKS.triggersOff, { params: { what: "session_replication_role" } });
  }
  if (statement.kind === "AlterTableStmt" && !isOwn(context, statement.node.relation)) {
    const table = context.nameOf(statement.node.relation);
    for (const command of commandsOf(statement.node)) {
      const { subtype } = command;
      if (subtype === "AT_DisableTrigAll") context.emit(CHECKS.triggersOff, { params: { what: table } });
      if (subtype === "AT_DisableTrigUser" || subtype === "AT_DisableTrig") {
        const again = context.later.some(
          "AlterTableStmt",
          (one) =>
            context.nameOf(one.node.relation) === table &&
            commandsOf(one.node).some((other) => /^AT_Enable\w*Trig/.test(other.subtype ?? "")),
          table,
        );
        context.emit(CHECKS.triggersOff, {
          params: { what: table },
          ...(again && { severity: "warn" as const }),
        });
      }
      if (subtype === "AT_SetUnLogged") context.emit(CHECKS.unlogged, { params: { table } });
      if (subtype === "AT_SetIdentity") restart(context, command.def, table);
    }
  }
  for (const call of statement.kind === "SelectStmt" || statement.kind === "VariableSetStmt"
    ? callsIn(statement.node)
    : []) {
    if (call.name === "setval") setval(context, call.args, call.location);
    if (call.name === "set_config" && /^session_replication_role$/i.test(String(constantOf(call.args[0])))) {
      if (constantOf(call.args[1]) === "replica")
        context.emit(CHECKS.triggersOff, { params: { what: "session_replication_role" } });
    }
  }
  if (statement.kind === "AlterSeqStmt") {
    const name = context.nameOf(statement.node.sequence);
    const owner = context.before.get("sequence", name)?.ownedBy?.replace(/\.[^.]*$/, "");
    const isNew = context.earlier.some("CreateSeqStmt", (one) => context.nameOf(one.node.sequence) === name);
    const isOwned =
      owner !== undefined && context.before.get("table", owner)?.made?.migration === context.before.migration;
    if (!isNew && !isOwned) for (const option of statement.node.options ?? []) restart(context, option, name);
  }
};

function restart(context: RuleContext, option: Node | undefined, name: string): void {
  if (option === undefined) return;
  if ("List" in option) for (const one of option.List.items ?? []) restart(context, one, name);
  if (!("DefElem" in option) || option.DefElem.defname !== "restart") return;
  const value = constantOf(option.DefElem.arg);
  const isStart = value === undefined || (typeof value === "number" && value <= 1);
  context.emit(CHECKS.sequenceBack, { params: { name }, ...(!isStart && { severity: "warn" as const }) });
}

/** A constant says nothing of the rows that are there; `max(id)` does. */
function setval(context: RuleContext, args: readonly Node[], at: number | undefined): void {
  const value = constantOf(args[1]);
  if (typeof value !== "number") return;
  const name = String(constantOf(args[0]) ?? "");
  const isNew = context.earlier.some(
    "CreateSeqStmt",
    (one) => one.node.sequence?.relname === name.split(".").at(-1),
  );
  const sequence = context.before.get("sequence", context.nameOf(relationOf(name.split("."))));
  const owner = sequence?.ownedBy?.replace(/\.[^.]*$/, "");
  const isOwned =
    owner !== undefined && context.before.get("table", owner)?.made?.migration === context.before.migration;
  if (isNew || isOwned) return;
  context.emit(CHECKS.sequenceBack, {
    at,
    params: { name },
    ...(value > 1 && { severity: "warn" as const }),
  });
}

/** A rule that does something instead swallows the writes of the running version. */
const insteadRule: Rule = (context) => {
  const { statement } = context;
  if (
    statement.kind !== "RuleStmt" ||
    statement.node.instead !== true ||
    statement.node.event === "CMD_SELECT"
  )
    return;
  const { relation } = statement.node;
  const name = context.nameOf(relation);
  if (isOwn(context, relation) || context.before.get("view", name) !== undefined) return;
  context.emit(CHECKS.insteadRule, { params: { table: name } });
};

export const integrityRules: readonly Rule[] = [triggersOff, insteadRule];
