import type { Node, RoleSpec } from "libpg-query";
import { ACCESS_CHECKS as CHECKS } from "../checks/access.ts";
import { commandsOf, constantOf, relationOf, relationsOf, stringsOf } from "../nodes.ts";
import type { Part } from "../part.ts";
import type { Rule, RuleContext } from "../types.ts";
import { contractStep } from "./contract.ts";
import { isOwn } from "./data.ts";

const rolesOf = (nodes: readonly Node[] | undefined): RoleSpec[] =>
  (nodes ?? []).flatMap((node) => ("RoleSpec" in node ? [node.RoleSpec] : []));
const isPublic = (role: RoleSpec): boolean => role.roletype === "ROLESPEC_PUBLIC";
const nameOf = (role: RoleSpec): string => (isPublic(role) ? "PUBLIC" : (role.rolename ?? "CURRENT_USER"));

const grants: Rule = (context) => {
  const { statement } = context;
  if (statement.kind === "GrantStmt") {
    const { is_grant, grantees, objects, objtype, targtype, privileges } = statement.node;
    const roles = rolesOf(grantees);
    const relations = relationsOf(objects);
    if (objtype === "OBJECT_TABLE" && relations.length > 0 && relations.every((one) => isOwn(context, one)))
      return;
    if (is_grant === true) {
      const opens = roles.some(isPublic) && objtype === "OBJECT_TABLE" && targtype !== "ACL_TARGET_DEFAULTS";
      if (opens) context.emit(CHECKS.grantPublic, {});
      return;
    }
    const losers = roles.filter((role) => !isPublic(role));
    // Taking what everybody has is hardening; what the application needs it should have by its own name.
    if (losers.length === 0) {
      const isRead =
        (privileges ?? []).length === 0 || /"(?:select|execute|usage)"/.test(JSON.stringify(privileges));
      if (isRead && targtype !== "ACL_TARGET_DEFAULTS")
        context.emit(CHECKS.revoke, { severity: "warn", params: { role: "PUBLIC" } });
      return;
    }
    for (const role of losers) {
      const again = context.later.some(
        "GrantStmt",
        (one) =>
          one.node.is_grant === true &&
          one.node.objtype === objtype &&
          rolesOf(one.node.grantees).some((other) => other.rolename === role.rolename),
      );
      const options = { params: { role: nameOf(role) } };
      if (again) context.emit(CHECKS.revoke, { ...options, severity: "warn" });
      else if (relations.length === 1)
        contractStep(context, context.nameOf(relations[0]), CHECKS.revoke, options);
      else context.emit(CHECKS.revoke, options);
    }
  } else if (statement.kind === "GrantRoleStmt" && statement.node.is_grant !== true) {
    const role = rolesOf(statement.node.grantee_roles).map(nameOf).join(", ");
    context.emit(CHECKS.revoke, { params: { role } });
  } else if (statement.kind === "AlterRoleStmt" || statement.kind === "CreateRoleStmt") {
    for (const option of statement.node.options ?? []) {
      if (!("DefElem" in option)) continue;
      const { defname, arg } = option.DefElem;
      const isOn =
        constantOf(arg) === true ||
        constantOf(arg) === 1 ||
        (arg !== undefined && JSON.stringify(arg).includes("true"));
      if (!isOn && defname === "canlogin" && statement.kind === "AlterRoleStmt") {
        context.emit(CHECKS.revoke, { params: { role: statement.node.role?.rolename ?? "" } });
      }
      if (isOn && (defname === "bypassrls" || defname === "superuser")) {
        const role =
          statement.kind === "AlterRoleStmt"
            ? (statement.node.role?.rolename ?? "")
            : (statement.node.role ?? "");
        context.emit(CHECKS.roleBypasses, { params: { role } });
      }
    }
  }
};

const owners: Rule = (context) => {
  const { statement } = context;
  if (statement.kind === "AlterOwnerStmt") {
    const { relation } = statement.node;
    if (relation === undefined || !isOwn(context, relation)) context.emit(CHECKS.ownerChanged, {});
  } else if (statement.kind === "ReassignOwnedStmt") context.emit(CHECKS.ownerChanged, {});
  else if (statement.kind === "AlterTableStmt" && !isOwn(context, statement.node.relation)) {
    const name = context.nameOf(statement.node.relation);
    const isNewView = context.before.get("view", name)?.made?.migration === context.before.migration;
    if (isNewView) return;
    if (commandsOf(statement.node).some((one) => one.subtype === "AT_ChangeOwner"))
      context.emit(CHECKS.ownerChanged, {});
  }
};

const createsPolicy = (context: RuleContext, part: Part, table: string): boolean =>
  part.some("CreatePolicyStmt", (one) => context.nameOf(one.node.table) === table);

const rowSecurity: Rule = (context) => {
  const { statement } = context;
  if (statement.kind === "AlterTableStmt" && !isOwn(context, statement.node.relation)) {
    const table = context.nameOf(statement.node.relation);
    for (const { subtype } of commandsOf(statement.node)) {
      if (subtype === "AT_DisableRowSecurity" || subtype === "AT_NoForceRowSecurity") {
        const wanted = subtype === "AT_DisableRowSecurity" ? "AT_EnableRowSecurity" : "AT_ForceRowSecurity";
        const again = context.later.some(
          "AlterTableStmt",
          (one) =>
            context.nameOf(one.node.relation) === table &&
            commandsOf(one.node).some((command) => command.subtype === wanted),
          table,
        );
        const isSafe =
          again &&
          context.session.transaction?.by !== undefined &&
          context.session.transaction.by !== "assumed";
        context.emit(CHECKS.rowSecurityOff, {
          params: { table },
          ...(isSafe && { severity: "warn" as const }),
        });
      }
      if (subtype === "AT_EnableRowSecurity") {
        const known = context.before.get("table", table);
        if (known?.rowSecurity.enabled === true) continue;
        const hasPolicy =
          (known?.policies.size ?? 0) > 0 ||
          [context.earlier, context.later].some((part) => createsPolicy(context, part, table));
        context.emit(CHECKS.rowSecurityOn, {
          params: { table },
          ...(hasPolicy && { severity: "warn" as const }),
        });
      }
    }
  } else if (statement.kind === "CreatePolicyStmt" && !isOwn(context, statement.node.table)) {
    openPolicy(
      context,
      context.nameOf(statement.node.table),
      statement.node.qual,
      statement.node.with_check,
      statement.node.permissive !== false,
    );
  } else if (statement.kind === "AlterPolicyStmt" && !isOwn(context, statement.node.table)) {
    openPolicy(
      context,
      context.nameOf(statement.node.table),
      statement.node.qual,
      statement.node.with_check,
      true,
    );
  } else if (statement.kind === "DropStmt" && statement.node.removeType === "OBJECT_POLICY") {
    for (const object of statement.node.objects ?? []) {
      const parts = "List" in object ? stringsOf(object.List.items) : [];
      const relation = relationOf(parts.slice(0, -1));
      if (isOwn(context, relation)) continue;
      const table = context.nameOf(relation);
      const again = createsPolicy(context, context.later, table);
      const wasMade = createsPolicy(context, context.earlier, table);
      const params = { table, name: parts.at(-1) ?? "" };
      // Between the two every row is hidden from the running version, unless nobody sees the step between.
      const isHidden = (again && context.session.transaction !== undefined) || wasMade;
      context.emit(CHECKS.dropPolicy, { params, ...(isHidden && { severity: "info" as const }) });
    }
  }
};

/** A permissive policy that is true of every row opens the table to whoever it is for. */
function openPolicy(
  context: RuleContext,
  table: string,
  using: Node | undefined,
  check: Node | undefined,
  permissive: boolean,
) {
  const isOpen = [using, check].some((one) => one !== undefined && constantOf(one) === true);
  if (!isOpen || !permissive) return;
  const forced =
    context.before.get("table", table)?.rowSecurity.forced === true || context.settings.tenancy !== undefined;
  context.emit(CHECKS.openPolicy, { params: { table }, ...(forced && { severity: "block" as const }) });
}

export const accessRules: readonly Rule[] = [grants, owners, rowSecurity];
