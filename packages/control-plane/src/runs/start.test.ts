import { afterEach, beforeAll, describe, it, vi } from "vitest";
import { createTestDatabase } from "../platform/testing.ts";
import { eventually, planOf, start, step, until } from "./testing/harness.ts";
import { assertBuilt, startWorkerProcess, type WorkerProcess } from "./testing/processes.ts";

vi.setConfig({ testTimeout: 240_000 });
const processes: WorkerProcess[] = [];
beforeAll(assertBuilt);
afterEach(() => {
  for (const worker of processes.splice(0)) worker.kill();
});

describe("two workers on an empty database", () => {
  it("both start healthy, twenty times", async () => {
    const workers = await Promise.all([spawnIdle(), spawnIdle()]);
    for (let round = 1; round <= 20; round++) {
      const empty = await createTestDatabase({ template: "template1" });
      try {
        for (const worker of workers) {
          const { appUrl, ownerUrl } = empty;
          worker.order({ appUrl, ownerUrl, tenants: ["acme"], leaseMs: 1_000 });
        }
        const all = (kind: string) => () =>
          workers.every((worker) => worker.reports.filter((r) => r.kind === kind).length === round);
        const reports = () => JSON.stringify(workers.map((worker) => worker.reports));
        await eventually(`healthy in round ${round}: ${reports()}`, all("healthy"));
        if (round === 20) {
          const { id } = await start(empty, planOf([step("noop", { action: "noop" })]));
          await until(empty, id, "succeeded");
        }
        for (const worker of workers) worker.stop();
        await eventually(`stopped in round ${round}: ${reports()}`, all("stopped"));
      } finally {
        await empty.close();
      }
    }
  });
});

async function spawnIdle(): Promise<WorkerProcess> {
  const worker = await startWorkerProcess();
  processes.push(worker);
  return worker;
}
