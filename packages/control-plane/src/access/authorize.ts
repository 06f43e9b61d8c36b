import { record } from "../audit/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Database, Tx } from "../platform/database.ts";
import { forbidden, type TobanError } from "../platform/errors.ts";
import {
  isOfTheInstallation,
  isReading,
  mayDo,
  OPERATIONS,
  type Operation,
  ROLE_LEVELS,
  type RoleLevel,
} from "./permissions.ts";
import { type Standing, selectStanding } from "./store.ts";
import { isTenantId } from "./tenants/names.ts";

/**
 * Who may do what, the whole of it:
 *
 * - The CLI token is a file of this machine: who can read it administers the machine. A name that is not registered acts
 *   as `machine`, level 6. A registered person acts with their own level, a removed one is refused. The name is a
 *   claim among those who hold the file; two-person rules compare it.
 * - A session of the console is for the person whose link was opened. When that person was not registered then, it is
 *   the machine's, until they are registered or removed.
 * - `X-Tenant-ID` names the tenant of a request; without it, it is the installation's own. In another tenant a person
 *   needs to be registered there; the machine may act in any, by the CLI token. An unknown tenant, a deleted one and one
 *   that the person is no member of get the same answer.
 * - In a suspended tenant nobody does anything, except that the machine may read.
 * - The permission table says the lowest level of each operation, and which are done from the own tenant only.
 */
export type Credential = "cli-token" | "machine-session" | "session";
export type Access = { level: RoleLevel; standing: "machine" | "member" };
export type AccessRequest = {
  ownTenant: string;
  tenant: string;
  credential: Credential;
  operation: Operation;
};

const NOBODY: Standing = { state: null, level: null, isRemoved: false };

/** @throws `forbidden`. One look-up in each of the two tenants, whatever they answer: time tells no more than the answer. */
export async function authorize(db: Database, ctx: Ctx, request: AccessRequest): Promise<Access> {
  const { ownTenant, tenant } = request;
  const standingIn = (name: string) =>
    db.tx({ tenant: name }, (tx) => selectStanding(tx, name, ctx.actor.id));
  const atHome = await standingIn(ownTenant);
  if (tenant === ownTenant) return decideAccess(request, atHome, atHome);
  return decideAccess(request, atHome, isTenantId(tenant) ? await standingIn(tenant) : NOBODY);
}

/** Pure. `there`: the same person in the tenant of the request. @throws `forbidden` */
export function decideAccess(request: AccessRequest, atHome: Standing, there: Standing): Access {
  const { ownTenant, tenant, operation } = request;
  const access = tenant === ownTenant ? ownAccess(request, atHome) : foreignAccess(request, atHome, there);
  if (tenant !== ownTenant && there.state === "suspended") {
    if (access.standing !== "machine" || !isReading(operation)) throw suspended();
  }
  assertMayDo(access, operation, tenant === ownTenant);
  return access;
}

/** @throws `forbidden("operation_denied")` */
export function assertMayDo(access: Access, operation: Operation, isOwnTenant: boolean): void {
  if (!mayDo(access.level, operation)) {
    const needed = OPERATIONS[operation];
    throw forbidden(
      "operation_denied",
      `${operation} needs role level ${needed} (${ROLE_LEVELS[needed]}); yours is ${access.level} (${ROLE_LEVELS[access.level]}).`,
      "Ask an administrator of this tenant to do it, or to raise your level.",
    );
  }
  if (!isOwnTenant && isOfTheInstallation(operation)) {
    throw forbidden(
      "operation_denied",
      `${operation} belongs to the installation, not to a tenant of it; it needs level ${OPERATIONS[operation]} in the installation's own tenant.`,
      "Do it without X-Tenant-ID.",
    );
  }
}

function ownAccess(request: AccessRequest, atHome: Standing): Access {
  if (atHome.isRemoved) throw removed();
  if (atHome.level !== null) return { level: atHome.level, standing: "member" };
  if (request.credential === "session") throw removed();
  return { level: 6, standing: "machine" };
}

function foreignAccess(request: AccessRequest, atHome: Standing, there: Standing): Access {
  const exists = there.state === "active" || there.state === "suspended";
  const isMachine = request.credential === "cli-token" && atHome.level === null && !atHome.isRemoved;
  if (!exists || there.isRemoved) throw tenantRefused();
  if (there.level !== null) return { level: there.level, standing: "member" };
  if (!isMachine) throw tenantRefused();
  return { level: 6, standing: "machine" };
}

/** The person's own tenant keeps it; a name that no tenant can have is not written down. */
export async function recordDenial(
  tx: Tx,
  ctx: Ctx,
  denial: { tenant: string; operation: Operation; code: string },
): Promise<void> {
  const { operation, code, tenant } = denial;
  await record(tx, ctx, {
    class: "auth",
    action: "operation.denied",
    resource: `operation/${operation}`,
    result: "denied",
    details: {
      operation,
      code,
      needs: OPERATIONS[operation],
      tenant: isTenantId(tenant) ? tenant : "invalid",
    },
  });
}

const removed = (): TobanError =>
  forbidden(
    "person_removed",
    "This person was removed.",
    "Ask an administrator of this tenant to add them again.",
  );
const tenantRefused = (): TobanError =>
  forbidden(
    "tenant_refused",
    "You are not a member of the tenant that this request names.",
    "Correct X-Tenant-ID, or ask an administrator of that tenant to add you.",
  );
const suspended = (): TobanError =>
  forbidden(
    "tenant_suspended",
    "This tenant is suspended.",
    "Ask the operator of this installation; `toban tenants resume` ends the suspension.",
  );
