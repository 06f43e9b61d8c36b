export { type Access, assertMayDo, authorize, type Credential, recordDenial } from "./authorize.ts";
export { isPersonId } from "./people/names.ts";
export { erasePerson } from "./people/people.ts";
export { withProofPerson } from "./people/proof-person.ts";
export {
  isOfTheInstallation,
  isReading,
  mayDo,
  OPERATIONS,
  type Operation,
  ROLE_LEVELS,
  type RoleLevel,
} from "./permissions.ts";
export { type RefusedSignIns, refusedSignIns } from "./refused-sign-ins.ts";
export { accessRoutes } from "./routes.ts";
export {
  createSessionCookie,
  createSignInLink,
  equalSecrets,
  isForgedCookie,
  readSessionCookie,
  type Session,
  signIn,
} from "./sign-in.ts";
export { KEPT_AFTER_DELETION_MS } from "./tenants/life.ts";
export { SYSTEM_TENANT } from "./tenants/names.ts";
export { provisionOwnTenant, provisionTenant } from "./tenants/provision.ts";
export { purgeTask } from "./tenants/purge.task.ts";
export { listTenants, listTenantsWithRecords } from "./tenants/store.ts";
export { openTombstones, replayDeletions } from "./tenants/tombstones.ts";
