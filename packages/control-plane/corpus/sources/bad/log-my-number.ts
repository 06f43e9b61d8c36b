import { logger } from "./logger.js";

export function registerEmployee(employee: { id: string; myNumber: string }) {
  logger.info("従業員を登録した", { id: employee.id, myNumber: employee.myNumber });
}
