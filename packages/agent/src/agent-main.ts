import { parseArgs } from "node:util";
import { startAgent } from "./agent.ts";
import { messageOf, refusalOf } from "./errors.ts";
import { keptByParent } from "./keeper.ts";
import { createLog } from "./log.ts";
import { systemClock } from "./platform/clock.ts";

const USAGE = "usage: node agent-main.js --home DIR --socket PATH";

const log = createLog(systemClock);

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { home: { type: "string" }, socket: { type: "string" } } });
  if (!values.home || !values.socket) {
    process.stderr.write(`${USAGE}\n`);
    process.exitCode = 2;
    return;
  }
  const { home, socket: socketPath } = values;
  const kept = await keptByParent();
  const agent = await startAgent({ home, socketPath, clock: systemClock, log, kept });
  kept.started();
  // A restart or an upgrade: users' instances go on. `POST /v1/stop` is the way to end them too.
  process.on("SIGTERM", () => void agent.handOver());
  // Ctrl-C in a terminal means that everything shall end.
  process.on("SIGINT", () => void agent.stop().then(() => agent.handOver()));
  await agent.ended;
  process.exit(0);
}

process.on("uncaughtException", (error) => {
  // Unknown state: end, and let the next agent adopt what runs.
  log.error("agent failed", { reason: messageOf(error), stack: error.stack });
  process.exit(1);
});

main().catch((error) => {
  const { code, reason, remedy } = refusalOf(error);
  log.error("agent not started", { code, reason, remedy });
  process.stderr.write(`${code}: ${reason}\n${remedy}\n`);
  process.exit(1);
});
