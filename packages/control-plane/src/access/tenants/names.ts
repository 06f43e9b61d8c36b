import { invalid } from "../../platform/errors.ts";

const TENANT_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** Lists tenants and nothing else; owns no rows. */
export const SYSTEM_TENANT = "system";
const RESERVED: ReadonlySet<string> = new Set([SYSTEM_TENANT]);

export const isTenantId = (id: string): boolean => TENANT_ID.test(id) && !RESERVED.has(id);

/** @throws `invalid` */
export function assertTenantId(id: string): void {
  if (RESERVED.has(id))
    throw invalid("tenant_id_reserved", `The id ${id} is reserved.`, "Choose another id.");
  if (!TENANT_ID.test(id)) {
    throw invalid(
      "tenant_id_invalid",
      "A tenant's id is 1 to 63 small letters, digits and hyphens, and does not begin with a hyphen.",
      "Choose another id.",
    );
  }
}
