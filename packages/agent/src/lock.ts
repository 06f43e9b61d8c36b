import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { codeOf, conflict } from "./errors.ts";
import { isSameProcess, processInfo } from "./process-info.ts";

/**
 * Makes this process the only agent of a home; throws `conflict` when another one runs. A lock whose process is gone (or
 * whose pid belongs to another process now) is taken over. Returns the release.
 */
export function takeLock(home: string): () => void {
  const file = path.join(home, "agent.lock");
  const mine = `${file}.${process.pid}`;
  const content = JSON.stringify({ pid: process.pid, identity: processInfo(process.pid)?.identity ?? "" });
  writeFileSync(mine, content, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        linkSync(mine, file); // Fails when the lock exists, in one step.
        return () => {
          if (read(file) === content) rmSync(file, { force: true });
        };
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
      }
      const found = read(file);
      const holder = parseHolder(found);
      if (holder && isSameProcess(holder.pid, holder.identity))
        throw conflict(
          "agent_already_running",
          `Another agent (process ${holder.pid}) runs on ${home}.`,
          "Use that one, or stop it first.",
        );
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
    throw conflict(
      "agent_lock_contended",
      `The lock ${file} cannot be taken.`,
      "Start one agent at a time for this home.",
    );
  } finally {
    rmSync(mine, { force: true });
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function parseHolder(text: string): { pid: number; identity: string } | null {
  try {
    const { pid, identity } = JSON.parse(text) as { pid: unknown; identity: unknown };
    return typeof pid === "number" && typeof identity === "string" ? { pid, identity } : null;
  } catch {
    return null;
  }
}
