import { Command } from "commander";
import { followRollout } from "../app/follow-rollout.ts";
import { api } from "./api.ts";
import { language, print } from "./terminal.ts";

export const rollbackCommand = () =>
  new Command("rollback")
    .description("go back to the version before, now, from whatever state")
    .argument("<service>")
    .option("--reason <text>", "for the ledger and the audit record", "rollback by hand")
    .action(async (service: string, options: { reason: string }) => {
      const client = await api();
      const runId = await client.rollback(service, options.reason);
      if (runId === undefined) return print(`${service}: nothing to roll back.`);
      const rollout = await followRollout(client, runId, language(), print);
      if (rollout.result !== "succeeded" && rollout.result !== "rolled-back") process.exitCode = 1;
    });
