import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createLogger } from "../platform/log.ts";
import { readConfig } from "./config.ts";
import { gameday } from "./gameday.ts";

/** A whole gameday: from the first bad answer that users saw at 10 % to the confirmed weight 0, in seconds. */
export async function bench(): Promise<Record<string, number>> {
  // A home where nothing runs, so that the gameday starts a system of its own.
  const home = await mkdtemp(path.join(tmpdir(), "toban-bench-"));
  try {
    const never = new Promise<never>(() => {});
    const config = { ...readConfig(), home };
    const report = await gameday(config, createLogger("bench", "silent"), () => {}, "en", never);
    const { requests, rollouts } = report;
    return {
      rollbackSeconds: rollouts.at(-1)?.rollbackSeconds ?? Number.POSITIVE_INFINITY,
      requestsTotal: requests.total,
      requestsFailedByUsers: requests.failedByUsers,
    };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
