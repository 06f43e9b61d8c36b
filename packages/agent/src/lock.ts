import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { codeOf, conflict } from "./errors.ts";
import { isSameProcess, processInfo } from "./process-info.ts";

type Holder = { pid: number; identity: string; keeper: { pid: number; identity: string } | null };

const LOOK_MS = 200;

/**
 * Makes this process the only agent of a home; throws `conflict` when another one runs. A lock whose process is gone (or
 * whose pid belongs to another process now) is taken over. With `keeperPid` (the parent that restarts this agent) it
 * waits for an agent that has lost its own keeper, and takes over when that one ends. Returns the release.
 */
export async function takeLock(home: string, keeperPid: number | null): Promise<() => void> {
  const file = path.join(home, "agent.lock");
  const content = JSON.stringify({
    ...self(process.pid),
    keeper: keeperPid === null ? null : self(keeperPid),
  });
  for (;;) {
    const holder = tryLock(file, content);
    if (holder === null)
      return () => {
        if (read(file) === content) rmSync(file, { force: true });
      };
    const isOrphan = holder.keeper !== null && !isSameProcess(holder.keeper.pid, holder.keeper.identity);
    if (keeperPid === null || !isOrphan)
      throw conflict(
        "agent_already_running",
        `Another agent (process ${holder.pid}) runs on ${home}.`,
        "Use that one, or stop it first.",
      );
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const self = (pid: number) => ({ pid, identity: processInfo(pid)?.identity ?? "" });

/** Null when the lock is taken now, else its living holder. */
function tryLock(file: string, content: string): Holder | null {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, content, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        linkSync(mine, file); // Fails when the lock exists, in one step.
        return null;
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
      }
      const found = read(file);
      const holder = parseHolder(found);
      if (holder && isSameProcess(holder.pid, holder.identity)) return holder;
      const stale = `${file}.stale.${process.pid}`;
      try {
        renameSync(file, stale);
      } catch {
        continue; // Another agent was faster.
      }
      // What we moved may be a lock that another agent took since we read it.
      if (read(stale) !== found)
        try {
          linkSync(stale, file);
        } catch {
          // It has been replaced already.
        }
      rmSync(stale, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
  throw conflict(
    "agent_lock_contended",
    `The lock ${file} cannot be taken.`,
    "Start one agent at a time for this home.",
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const { pid, identity, keeper } = JSON.parse(text) as Partial<Holder>;
    if (typeof pid !== "number" || typeof identity !== "string") return null;
    return { pid, identity, keeper: keeper ?? null };
  } catch {
    return null;
  }
}
