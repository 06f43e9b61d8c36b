import { Command } from "commander";
import { auditExportCommand } from "./audit-export.ts";
import { auditHoldCommand, auditHoldsCommand, auditReleaseCommand } from "./audit-hold.ts";
import { auditKeysCommand, auditRotateKeyCommand, auditTreesCommand } from "./audit-keys.ts";
import { auditSearchCommand } from "./audit-search.ts";
import { auditVerifyCommand } from "./audit-verify.ts";

export const auditCommand = () =>
  new Command("audit")
    .description("the audit record")
    .addCommand(auditSearchCommand())
    .addCommand(auditExportCommand())
    .addCommand(auditVerifyCommand())
    .addCommand(auditHoldCommand())
    .addCommand(auditReleaseCommand())
    .addCommand(auditHoldsCommand())
    .addCommand(auditTreesCommand())
    .addCommand(auditKeysCommand())
    .addCommand(auditRotateKeyCommand());
