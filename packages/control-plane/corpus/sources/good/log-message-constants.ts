import { log } from "./log.js";

const password = "PASSWORD_EXPIRED";
export function refuse(field: "email" | "phone", codes: { token: string }) {
  log.warn({ field, reason: password }, `the ${field} is not valid`);
  log.info("missing header: authorization");
}
