import { Command } from "commander";
import { followRollout } from "../app/follow-rollout.ts";
import { api, language, print } from "./api.ts";

export const deployCommand = () =>
  new Command("deploy")
    .description("roll a version out: 10 → 50 → 100 %, judged at each step")
    .argument("<service>")
    .argument("<version>")
    .option("--detach", "start it and return")
    .option("--ask", "let another person approve it, where the environment asks for approval")
    .action(async (service: string, version: string, options: { detach?: boolean; ask?: boolean }) => {
      const client = await api();
      const runId = await client.deploy(service, version, !options.ask);
      if (runId === undefined) return print(`${service} ${version} is live already; nothing to do.`);
      if (options.detach) return print(`rollout ${runId} started; follow it with \`npx toban status\``);
      if (options.ask) print(`if it waits: \`npx toban runs approve ${runId} --as NAME\``);
      const rollout = await followRollout(client, runId, language(), print);
      if (rollout.result !== "succeeded") process.exitCode = 1;
    });
