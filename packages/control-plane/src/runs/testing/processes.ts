import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "./harness.ts";
import type { WorkerOrder, WorkerReport } from "./worker.ts";

const FOLDER = fileURLToPath(new URL("../../../", import.meta.url));
const PROGRAM = path.join(FOLDER, "dist/runs/testing/worker.js");

/** Child processes run what was built, so it has to be built from these sources. */
export function assertBuilt(): void {
  for (const folder of ["runs", "runs/testing"]) {
    for (const name of readdirSync(path.join(FOLDER, "src", folder)).filter((n) =>
      /(?<!test)\.ts$/.test(n),
    )) {
      const built = path.join(FOLDER, "dist", folder, name.replace(/\.ts$/, ".js"));
      const source = path.join(FOLDER, "src", folder, name);
      if (!existsSync(built) || statSync(built).mtimeMs < statSync(source).mtimeMs) {
        throw new Error(
          `dist/${folder} is missing or older than ${name}: run "npx tsc -b packages/control-plane"`,
        );
      }
    }
  }
}

export type WorkerProcess = {
  child: ChildProcess;
  reports: WorkerReport[];
  order(order: WorkerOrder): void;
  go(): void;
  /** Gracefully; it can be given another order afterwards. */
  stop(): void;
  reported(kind: WorkerReport["kind"], text?: string): Promise<void>;
  exited: Promise<unknown>;
  kill(signal?: NodeJS.Signals): void;
};

export async function startWorkerProcess(order?: WorkerOrder): Promise<WorkerProcess> {
  const child = fork(PROGRAM, { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] });
  const reports: WorkerReport[] = [];
  child.on("message", (message) => reports.push(message as WorkerReport));
  const worker: WorkerProcess = {
    child,
    reports,
    order: (order) => child.send(order),
    go: () => child.send("go"),
    stop: () => child.send("stop"),
    reported: (kind, text) =>
      eventually(`${kind} ${text ?? ""} among ${JSON.stringify(reports)}`, () => {
        const failed = reports.find((report) => report.kind === "failed");
        if (failed && kind !== "failed") throw new Error(JSON.stringify(failed));
        return reports.some(
          (report) => report.kind === kind && (!text || JSON.stringify(report).includes(text)),
        );
      }),
    exited: once(child, "exit"),
    kill: (signal = "SIGKILL") => void child.kill(signal),
  };
  await worker.reported("loaded");
  if (order) worker.order(order);
  return worker;
}
