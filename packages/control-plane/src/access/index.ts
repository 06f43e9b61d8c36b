export { mayDo, OPERATIONS, type Operation, ROLE_LEVELS, type RoleLevel } from "./permissions.ts";
export { createSessionCookie, createSignInLink, equalSecrets, readSessionCookie, signIn } from "./sign-in.ts";
export { createTenant, listTenants, SYSTEM_TENANT } from "./store.ts";
