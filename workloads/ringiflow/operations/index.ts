export * from "./delivery.ts";
export * from "./monitoring.ts";
export * from "./platform.ts";
export * from "./recovery.ts";
export { rf } from "./register.ts";
export * from "./security.ts";
