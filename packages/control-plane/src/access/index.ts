export { createSessionCookie, createSignInLink, equalSecrets, readSessionCookie, signIn } from "./sign-in.ts";
export { createTenant, listTenants, SYSTEM_TENANT } from "./store.ts";
