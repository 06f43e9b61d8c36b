import { DATABASE_CHECKS as CHECKS } from "./checks.ts";
import { type Context, found, type ObjectFinding } from "./context.ts";

/** What a role or a database gives each of its sessions: a tenant from the start, or row-level security switched off. */
export function ownSetting({ catalogue, tenancy }: Context): ObjectFinding[] {
  const { appRole: role, roleSettings, roles, database } = catalogue;
  return roleSettings
    .filter(({ role: of }) => of === 0 || of === role.oid)
    .filter(({ name, value }) => {
      const plain = name.toLowerCase();
      if (plain === "row_security") return /^(off|false|no|0)$/i.test(value);
      return (plain === tenancy.setting && value !== "") || (plain === "role" && value !== "none");
    })
    .map(({ role: of, name, value }) =>
      found(CHECKS.sessionDefault, of === 0 ? database : role.name, {
        name,
        value,
        role: of === 0 ? "every role" : (roles.get(of)?.name ?? role.name),
      }),
    );
}
