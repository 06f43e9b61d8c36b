import { DATABASE_CHECKS as CHECKS } from "./checks.ts";
import { type Context, found, isTenantTable, listed, type ObjectFinding } from "./context.ts";
import { isTable, nameOf, type Relation, type Role } from "./model.ts";
import { ownSetting } from "./settings-of-sessions.ts";

export function judgeRoles(context: Context): ObjectFinding[] {
  const { catalogue } = context;
  const role = catalogue.appRole;
  const what = strengthOf(role);
  return [
    ...(what ? [found(CHECKS.bypasses, role.name, { role: role.name, what })] : []),
    ...(role.createsRoles ? [found(CHECKS.createsRoles, role.name, { role: role.name })] : []),
    ...owned(context),
    ...reached(context),
    ...ownSetting(context),
    ...parameters(context),
    ...[...catalogue.relations.values()].flatMap((relation) => judgeGrants(relation, context)),
    ...defaults(context),
    ...catalogue.schemas
      .filter((schema) => schema.canCreate && schema.canUse && schema.owner !== role.oid)
      .map((schema) => found(CHECKS.schemaCreate, schema.name, { role: role.name })),
  ];
}

function strengthOf(role: Role): string | undefined {
  const parts = [
    role.isSuperuser && "SUPERUSER",
    role.bypassesRls && "BYPASSRLS",
    role.replicates && "REPLICATION",
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : undefined;
}

function owned({ catalogue }: Context): ObjectFinding[] {
  const { appRole: role, relations, schemas, functions } = catalogue;
  const mine = [
    ...[...relations.values()].filter(({ owner, kind }) => owner === role.oid && kind !== "v").map(nameOf),
    ...schemas.filter(({ owner }) => owner === role.oid).map(({ name }) => name),
    ...[...functions.values()].filter(({ owner }) => owner === role.oid).map(nameOf),
  ];
  return mine.map((object) => found(CHECKS.owns, object, { role: role.name }));
}

/** These read and write files or run programs of the server, beside every table. */
const OF_SERVER =
  /^pg_(read_server_files|write_server_files|execute_server_program|create_subscription|use_reserved_connections|maintain|signal_autovacuum_worker)$/;

function reached(context: Context): ObjectFinding[] {
  const { catalogue } = context;
  const { appRole: role, roles, relations, schemas } = catalogue;
  const owners = new Set([
    ...[...relations.values()].filter(isTable).map(({ owner }) => owner),
    ...schemas.map(({ owner }) => owner),
  ]);
  return [...role.reaches].flatMap((oid) => {
    const other = roles.get(oid);
    if (!other || oid === role.oid) return [];
    const what =
      strengthOf(other) ??
      (owners.has(oid) ? "an owner here" : undefined) ??
      (other.createsRoles ? "CREATEROLE" : undefined) ??
      (OF_SERVER.test(other.name) ? "above the tables" : undefined);
    return what ? [found(CHECKS.reaches, role.name, { role: role.name, member: other.name, what })] : [];
  });
}

const PROTECTING = new Set([
  "session_replication_role",
  "session_preload_libraries",
  "local_preload_libraries",
]);

const parameters = ({ catalogue }: Context): ObjectFinding[] =>
  catalogue.parameterGrants
    .filter((name) => PROTECTING.has(name))
    .map((name) => found(CHECKS.parameter, catalogue.appRole.name, { role: catalogue.appRole.name, name }));

function judgeGrants(relation: Relation, context: Context): ObjectFinding[] {
  const { appRole: role } = context.catalogue;
  const object = nameOf(relation);
  if (relation.kind === "S") {
    const isWritable = relation.rights.has("UPDATE") && relation.owner !== role.oid && !role.isSuperuser;
    return isWritable ? [found(CHECKS.sequenceWritable, object, { role: role.name })] : [];
  }
  const concerns = isTenantTable(relation, context) || context.exemption(relation) !== undefined;
  if (!concerns) return [];
  // An owner's and a superuser's rights are a finding of their own.
  const isStrong = role.isSuperuser || role.inherits.has(relation.owner);
  const wide = isStrong
    ? []
    : ["TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"].filter((one) => relation.rights.has(one));
  const passed = isStrong ? [] : relation.grantable.map((right) => `${right} WITH GRANT OPTION`);
  return [
    ...[...wide, ...passed].map((right) =>
      found(
        CHECKS.grantTooWide,
        object,
        { role: role.name, right },
        right === "MAINTAIN" ? { severity: "warn" } : {},
      ),
    ),
    ...(relation.publicRights.length > 0
      ? [found(CHECKS.grantToPublic, object, { rights: listed(relation.publicRights) })]
      : []),
  ];
}

const TOO_WIDE = new Set(["TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"]);

function defaults({ catalogue }: Context): ObjectFinding[] {
  const { appRole: role, defaultGrants, roles, schemas } = catalogue;
  const known = new Set(schemas.map(({ name }) => name));
  return defaultGrants
    .filter(({ kind, schema, grantee, right, owner }) => {
      if (kind !== "r" || (schema !== null && !known.has(schema)) || owner === grantee) return false;
      return grantee === 0 || (role.inherits.has(grantee) && TOO_WIDE.has(right));
    })
    .map(({ schema, grantee, right }) =>
      found(CHECKS.defaultPrivileges, schema ?? "every schema", {
        right,
        grantee: grantee === 0 ? "PUBLIC" : (roles.get(grantee)?.name ?? String(grantee)),
      }),
    );
}
