import { Command } from "commander";
import { auditSearchCommand } from "./audit-search.ts";

export const auditCommand = () =>
  new Command("audit").description("the audit record").addCommand(auditSearchCommand());
