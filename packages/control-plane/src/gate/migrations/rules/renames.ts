import type { RenameStmt } from "libpg-query";
import { RENAME_CHECKS as CHECKS } from "../checks/renames.ts";
import { relationOf, stringsOf } from "../nodes.ts";
import type { Rule, RuleContext } from "../types.ts";
import { contractStep } from "./contract.ts";
import { isOwn } from "./data.ts";
import { fullName, isMadeHere } from "./drops.ts";

const rename: Rule = (context) => {
  const { statement } = context;
  if (statement.kind !== "RenameStmt") return;
  const { node } = statement;
  const to = node.newname ?? "";
  switch (node.renameType) {
    case "OBJECT_COLUMN":
    case "OBJECT_ATTRIBUTE":
      return renameColumn(context, node, to);
    case "OBJECT_TABLE":
    case "OBJECT_FOREIGN_TABLE":
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
    case "OBJECT_SEQUENCE":
      return renameRelation(context, node, to);
    case "OBJECT_TYPE":
    case "OBJECT_DOMAIN":
      return renameType(context, node, to);
    case "OBJECT_SCHEMA": {
      const name = node.subname ?? "";
      const isNew = context.earlier.some("CreateSchemaStmt", (one) => one.node.schemaname === name);
      if (!isNew) contractStep(context, name, CHECKS.renameObject, { params: { name, to } });
      return;
    }
    case "OBJECT_FUNCTION":
    case "OBJECT_PROCEDURE":
    case "OBJECT_ROUTINE":
    case "OBJECT_AGGREGATE": {
      const name = fullName(context, partsOf(node));
      if (isMadeHere(context, context.before.get("function", name)?.made)) return;
      contractStep(context, name, CHECKS.renameObject, { params: { name, to } });
      return;
    }
    case "OBJECT_ROLE":
      return context.emit(CHECKS.renameRole, { params: { name: node.subname ?? "", to } });
  }
};

const partsOf = (node: RenameStmt): string[] => {
  const { object } = node;
  if (object === undefined) return [];
  if ("ObjectWithArgs" in object) return stringsOf(object.ObjectWithArgs.objname);
  if ("List" in object) return stringsOf(object.List.items);
  return stringsOf([object]);
};

function renameColumn(context: RuleContext, node: RenameStmt, to: string) {
  if (isOwn(context, node.relation)) return;
  const table = context.nameOf(node.relation);
  const column = node.subname ?? "";
  const known = context.before.get("table", table)?.columns.get(column);
  if (isMadeHere(context, known?.made)) {
    // The new half of an exchange takes a name that was freed before; that was judged there.
    return;
  }
  const again = context.later.find(
    "RenameStmt",
    (one) =>
      /COLUMN|ATTRIBUTE/.test(one.node.renameType ?? "") &&
      one.node.newname === column &&
      context.nameOf(one.node.relation) === table,
    table,
  );
  const params = { table, column, to };
  const copy = again?.node.subname;
  const isCopy = isMadeHere(context, context.before.get("table", table)?.columns.get(copy ?? "")?.made);
  if (again && !isCopy && context.session.transaction !== undefined)
    context.emit(CHECKS.exchanged, { params: { name: `${table}.${column}` } });
  else contractStep(context, `${table}.${column}`, CHECKS.renameColumn, { params });
}

function renameRelation(context: RuleContext, node: RenameStmt, to: string) {
  if (isOwn(context, node.relation)) return;
  const name = context.nameOf(node.relation);
  const known = context.before.get("view", name);
  if (isMadeHere(context, known?.made) || isMadeHere(context, context.before.get("table", name)?.made))
    return;
  const isTaken = context.later.find(["ViewStmt", "RenameStmt"], (one) => {
    if (one.kind === "ViewStmt") return context.nameOf(one.node.view) === name;
    if (one.node.relation !== undefined && one.node.subname === undefined) {
      const schema = context.nameOf(one.node.relation).replace(/\.[^.]*$/, "");
      return `${schema}.${one.node.newname}` === name;
    }
    return false;
  });
  // A copy made by this very migration lacks what is written between the copy and the exchange.
  const isCopy = isTaken?.kind === "RenameStmt" && isOwn(context, isTaken.node.relation);
  const isAtOnce = isTaken !== undefined && !isCopy && context.session.transaction !== undefined;
  if (isAtOnce) context.emit(CHECKS.exchanged, { params: { name } });
  else contractStep(context, name, CHECKS.renameTable, { params: { name, to } });
}

function renameType(context: RuleContext, node: RenameStmt, to: string) {
  const parts = partsOf(node);
  const name = fullName(context, parts);
  const type = context.before.get("type", name);
  if (isMadeHere(context, type?.made)) return;
  const again = context.later.find(
    "CreateEnumStmt",
    (one) => stringsOf(one.node.typeName).at(-1) === parts.at(-1),
  );
  if (again === undefined) {
    const isOther = context.later.some(
      "RenameStmt",
      (one) => /TYPE|DOMAIN/.test(one.node.renameType ?? "") && one.node.newname === parts.at(-1),
    );
    if (isOther) {
      const made = context.earlier.find("CreateEnumStmt", () => true);
      return enumExchange(context, name, type?.values, made && stringsOf(made.node.vals));
    }
    return contractStep(context, name, CHECKS.renameObject, { params: { name, to } });
  }
  enumExchange(context, name, type?.values, stringsOf(again.node.vals));
}

/** A type made anew under the old name: values that are gone are refused by it from then on. */
function enumExchange(
  context: RuleContext,
  name: string,
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
) {
  if (before !== undefined && after !== undefined) {
    const lost = before.filter((value) => !after.includes(value));
    if (lost.length === 0) return;
    const params = { name, values: lost.join(", ") };
    return contractStep(context, name, CHECKS.enumValueRemoved, { params });
  }
  // Adding a value needs no new type, so one that is made anew has lost one.
  contractStep(context, name, CHECKS.enumValueRemoved, { params: { name, values: "?" } });
}

const renameEnumValue: Rule = (context) => {
  const { statement } = context;
  if (statement.kind !== "AlterEnumStmt" || statement.node.oldVal === undefined) return;
  const name = fullName(context, stringsOf(statement.node.typeName));
  if (isMadeHere(context, context.before.get("type", name)?.made)) return;
  const params = { name, value: statement.node.oldVal, to: statement.node.newVal ?? "" };
  contractStep(context, `${name}.${statement.node.oldVal}`, CHECKS.renameEnumValue, { params });
};

const setSchema: Rule = (context) => {
  const { statement } = context;
  if (statement.kind !== "AlterObjectSchemaStmt") return;
  const { relation, object, objectType, newschema = "" } = statement.node;
  if (objectType === "OBJECT_EXTENSION")
    return context.emit(CHECKS.setSchema, { params: { name: "", to: newschema }, severity: "warn" });
  if (relation !== undefined) {
    if (
      isOwn(context, relation) ||
      isMadeHere(context, context.before.get("view", context.nameOf(relation))?.made)
    )
      return;
    const name = context.nameOf(relation);
    const hasView = context.later.some("ViewStmt", (one) => context.nameOf(one.node.view) === name);
    if (hasView && context.session.transaction !== undefined)
      return context.emit(CHECKS.exchanged, { params: { name } });
    return contractStep(context, name, CHECKS.setSchema, { params: { name, to: newschema } });
  }
  const parts =
    object === undefined
      ? []
      : "List" in object
        ? stringsOf(object.List.items)
        : "ObjectWithArgs" in object
          ? stringsOf(object.ObjectWithArgs.objname)
          : stringsOf([object]);
  const name = fullName(context, parts);
  if (isMadeHere(context, (context.before.get("type", name) ?? context.before.get("function", name))?.made))
    return;
  contractStep(context, name, CHECKS.setSchema, {
    params: { name: relationOf(parts).relname ?? name, to: newschema },
  });
};

export const renameRules: readonly Rule[] = [rename, renameEnumValue, setSchema];
