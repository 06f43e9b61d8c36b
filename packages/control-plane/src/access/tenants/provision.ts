import { record } from "../../audit/index.ts";
import type { Ctx } from "../../platform/ctx.ts";
import type { Database, Tx } from "../../platform/database.ts";
import { conflict } from "../../platform/errors.ts";
import { assertPersonId } from "../people/names.ts";
import { insertPerson, type PersonRow, selectPeople, selectPerson } from "../people/store.ts";
import { assertTenantId } from "./names.ts";
import { actAs, insertRootDepartment, insertTenant, lockTenant, type TenantRow } from "./store.ts";

export const ROOT_DEPARTMENT = "root";
const ADMINISTRATOR = 6;
/** Who administers the installation's own tenant from the start. */
export const OPERATOR = { id: "operator", name: "Operator" };

export type Administrator = { id: string; name: string; email?: string | null | undefined };
export type TenantRequest = { id: string; name: string; administrator: Administrator };

/**
 * A tenant with its root department and its first administrator, or none of it. `ctx` is of the operator's tenant, whose
 * record shows it too. The same request again changes nothing.
 * @throws `conflict` when the id has another name or another administrator, or was used before
 */
export async function provisionTenant(
  db: Database,
  ctx: Ctx,
  request: TenantRequest,
): Promise<{ tenant: TenantRow; created: boolean }> {
  assertTenantId(request.id);
  assertPersonId(request.administrator.id);
  const inside = { ...ctx, tenant: request.id };
  return db.tx(inside, async (tx) => {
    const created = await insertTenant(tx, inside, request.name);
    const tenant = (await lockTenant(tx))!;
    if (!created) {
      assertSame(request, tenant, await selectPerson(tx, request.administrator.id));
      return { tenant, created };
    }
    await furnish(tx, inside, request.name, request.administrator);
    await recordCreation(tx, inside);
    if (ctx.tenant !== request.id) {
      await actAs(tx, ctx.tenant);
      await recordCreation(tx, ctx, request.id);
    }
    return { tenant, created };
  });
}

/** The installation's own tenant, at each start. One of an older version gets what it lacks; its name stays. */
export async function provisionOwnTenant(db: Database, ctx: Ctx, name: string): Promise<void> {
  assertTenantId(ctx.tenant);
  await db.tx(ctx, async (tx) => {
    const created = await insertTenant(tx, ctx, name);
    await lockTenant(tx);
    if ((await selectPeople(tx)).length === 0) await furnish(tx, ctx, name, OPERATOR);
    if (created) await recordCreation(tx, ctx);
  });
}

async function furnish(tx: Tx, ctx: Ctx, name: string, administrator: Administrator): Promise<void> {
  await insertRootDepartment(tx, ctx, ROOT_DEPARTMENT, name);
  await insertPerson(tx, ctx, {
    id: administrator.id,
    name: administrator.name,
    email: administrator.email ?? null,
    level: ADMINISTRATOR,
    department: ROOT_DEPARTMENT,
  });
  await record(tx, ctx, {
    class: "admin",
    action: "person.create",
    resource: `person/${administrator.id}`,
    result: "success",
    details: { roleLevel: ADMINISTRATOR, department: ROOT_DEPARTMENT },
  });
}

const recordCreation = (tx: Tx, ctx: Ctx, id = ctx.tenant) =>
  record(tx, ctx, {
    class: "admin",
    action: "tenant.create",
    resource: `tenant/${id}`,
    result: "success",
  });

function assertSame(request: TenantRequest, tenant: TenantRow, administrator: PersonRow | undefined): void {
  if (tenant.state === "deleted" || tenant.state === "purged") {
    throw conflict(
      "tenant_id_used",
      `The id ${tenant.id} belonged to a tenant that was deleted; ids are not given twice.`,
      tenant.state === "deleted"
        ? "Choose another id, or bring it back with `toban tenants undelete` within 30 days."
        : "Choose another id.",
    );
  }
  const isSame =
    tenant.name === request.name &&
    administrator?.level === ADMINISTRATOR &&
    administrator.removedAt === null &&
    administrator.name === request.administrator.name &&
    administrator.email === (request.administrator.email ?? null);
  if (isSame) return;
  throw conflict(
    "tenant_exists",
    `The tenant ${tenant.id} exists with another name or another administrator.`,
    "Choose another id, or change its people with `toban people`.",
  );
}
