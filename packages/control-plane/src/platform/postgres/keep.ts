import { refusalOf } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { EmbeddedPostgres } from "./embedded.ts";

const LOOK_MS = 500;

/** Starts PostgreSQL with `start`, and again whenever its process has ended, until `stop`. */
export async function keepPostgres(
  start: () => Promise<EmbeddedPostgres>,
  log: Logger,
): Promise<EmbeddedPostgres> {
  let current = await start();
  let stopping = false;
  let timer: NodeJS.Timeout;
  let looking: Promise<void> = Promise.resolve();

  const look = async () => {
    if (isAlive(current.pid)) return;
    log.error({ program: "postgres", pid: current.pid }, "program ended; starting it again");
    try {
      current = await start();
      log.info({ program: "postgres", pid: current.pid }, "program runs again");
    } catch (error) {
      // What the dead server left behind goes within moments.
      log.error({ program: "postgres", ...refusalOf(error) }, "program not started; trying again");
    }
  };
  const schedule = () => {
    timer = setTimeout(() => {
      looking = look().then(() => {
        if (!stopping) schedule();
      });
    }, LOOK_MS);
  };
  schedule();

  return {
    superuserUrl: current.superuserUrl,
    get pid() {
      return current.pid;
    },
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await looking;
      await current.stop();
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
