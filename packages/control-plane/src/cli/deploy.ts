import { Command } from "commander";
import { followRollout } from "../app/follow-rollout.ts";
import { api } from "./api.ts";
import { language, print } from "./terminal.ts";

type Options = { detach?: boolean; ask?: boolean; overrideGate?: string };

export const deployCommand = () =>
  new Command("deploy")
    .description("roll a version out: 10 → 50 → 100 %, judged at each step")
    .argument("<service>")
    .argument("<version>")
    .option("--detach", "start it and return")
    .option("--ask", "let another person approve it, where the environment asks for approval")
    .option("--override-gate <reason>", "go in without the change gate; another person has to approve")
    .action(async (service: string, version: string, options: Options) => {
      const client = await api();
      const { ask, overrideGate } = options;
      const runId = await client.deploy(service, version, { approve: !ask, overrideGate });
      if (runId === undefined) return print(`${service} ${version} is live already; nothing to do.`);
      if (options.detach) return print(`rollout ${runId} started; follow it with \`npx toban status\``);
      if (ask || overrideGate) print(`if it waits: \`npx toban runs approve ${runId} --as NAME\``);
      const rollout = await followRollout(client, runId, language(), print);
      if (rollout.result !== "succeeded") process.exitCode = 1;
    });
