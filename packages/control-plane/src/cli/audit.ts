import { Command } from "commander";
import { auditKeysCommand, auditRotateKeyCommand, auditTreesCommand } from "./audit-keys.ts";
import { auditSearchCommand } from "./audit-search.ts";

export const auditCommand = () =>
  new Command("audit")
    .description("the audit record")
    .addCommand(auditSearchCommand())
    .addCommand(auditTreesCommand())
    .addCommand(auditKeysCommand())
    .addCommand(auditRotateKeyCommand());
