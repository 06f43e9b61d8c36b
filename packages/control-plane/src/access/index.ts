export { createTenant, listTenants, SYSTEM_TENANT } from "./store.ts";
