import { Command } from "commander";
import { readConfig } from "../app/config.ts";
import { down, up } from "../app/up.ts";
import { createLogger } from "../platform/log.ts";
import { language, print } from "./terminal.ts";

export const upCommand = () =>
  new Command("up")
    .description("run everything on this machine: database, agent, control plane, RingiFlow, synthetic users")
    .action(async () => {
      const started = performance.now();
      const stopSignal = new Promise<void>((resolve) => {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
      });
      const config = readConfig();
      const running = await up(config, createLogger("up", "warn"), (text) => print(`… ${text}`));
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      print(language() === "ja" ? japanese(running, config, seconds) : english(running, config, seconds));
      await stopSignal;
      print("… stopping");
      await running.stop();
      print("stopped; nothing is left running");
    });

export const downCommand = () =>
  new Command("down")
    .description("stop what an interrupted `up` left running on this home")
    .action(async () => {
      const stopped = await down(readConfig(), createLogger("up", "warn"));
      print(stopped.length > 0 ? `stopped: ${stopped.join(", ")}` : "nothing was running");
    });

type Running = { signInUrl: string; edgeUrl: string };
type Shown = { environment: string };

const english = ({ signInUrl, edgeUrl }: Running, { environment }: Shown, seconds: string) => `
Ready after ${seconds} s. RingiFlow runs as ${environment}.

  Console    ${signInUrl}   (opens once; \`npx toban status\` makes a new link)
  RingiFlow  ${edgeUrl}

Try next, in another terminal:
  npx toban status                what runs, and how well
  npx toban deploy bff 1.1.0      a good release, step by step
  npx toban deploy bff 1.2.0      a bad one: it is rolled back by itself
  npx toban commitments           what is proven, and what is not
  npm run gameday                 the whole story, unattended

Ctrl-C stops everything.`;

const japanese = ({ signInUrl, edgeUrl }: Running, { environment }: Shown, seconds: string) => `
${seconds} 秒で準備ができました。RingiFlow は ${environment} として動いています。

  コンソール  ${signInUrl}   （一度だけ開けます。\`npx toban status\` で新しいリンクを発行できます）
  RingiFlow   ${edgeUrl}

次に試すこと（別のターミナルで）:
  npx toban status                何がどう動いているか
  npx toban deploy bff 1.1.0      正常なリリースを段階的に
  npx toban deploy bff 1.2.0      不具合のあるリリース: 自動でロールバックされます
  npx toban commitments           何が証明済みで、何がそうでないか
  npm run gameday                 全体を無人で通します

Ctrl-C ですべて停止します。`;
