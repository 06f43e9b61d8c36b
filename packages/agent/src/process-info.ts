import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** `identity` is the same for the life of a process and never that of another with the same pid. */
export type ProcessInfo = { identity: string; rssBytes: number };

let boot: string | undefined;

function bootId(): string {
  if (boot === undefined) {
    try {
      boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    } catch {
      boot = "";
    }
  }
  return boot;
}

/** What runs under a pid now; null when nothing does (a zombie counts as nothing). */
export function processInfo(pid: number): ProcessInfo | null {
  return process.platform === "linux" ? linuxInfo(pid) : posixInfo(pid);
}

function linuxInfo(pid: number): ProcessInfo | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return null;
    const rss = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
    return { identity: `${bootId()}:${fields[19]}`, rssBytes: Number(rss?.[1] ?? 0) * 1024 };
  } catch {
    return null;
  }
}

function posixInfo(pid: number): ProcessInfo | null {
  try {
    const output = execFileSync("ps", ["-o", "lstart=,stat=,rss=", "-p", String(pid)], {
      encoding: "latin1",
      timeout: 2000,
    });
    const match = /^\s*(.+?)\s+(\S+)\s+(\d+)\s*$/.exec(output);
    if (!match || match[2]!.startsWith("Z")) return null;
    return { identity: match[1]!, rssBytes: Number(match[3]) * 1024 };
  } catch {
    return null;
  }
}

export function isSameProcess(pid: number, identity: string): boolean {
  return processInfo(pid)?.identity === identity;
}
