import { log } from "./log.js";

export function archived(customer: { id: string; email: string; phone: string }) {
  if (!customer.email) return;
  log.info({ ...customer, action: "archive" });
}
