import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { systemClock } from "../platform/ctx.ts";
import { testCtx } from "../platform/testing.ts";
import { superviseHost } from "./host/supervise.ts";
import { rowsOf } from "./rows.ts";
import { encodeRecord } from "./segment.ts";
import { openTelemetryStore } from "./telemetry.ts";
import { queryFolder, seeded, send, silent, startTelemetry, temporaryFolder, tracesJson } from "./testing.ts";

const justNow = () => new Date(systemClock.now().getTime() - 1000);
const tracesOf = (ids: number[]) => tracesJson(ids.map((id) => ({ id, endedAt: justNow() })));
const recordOf = async (...ids: number[]) =>
  encodeRecord("spans", (await rowsOf("traces", tracesOf(ids), "acme", systemClock.now())).lines);
const range = () => {
  const now = systemClock.now().getTime();
  return { from: new Date(now - 3_600_000), to: new Date(now + 60_000), stepMs: 60_000, groupBy: [] };
};

/** What the store holds: rows per span id, and what the rollup says. */
async function stored(folder: string): Promise<{ ids: Map<number, number>; rollup: number }> {
  const [rows, sums] = await queryFolder<{ id: string; n: number }>(
    folder,
    "SELECT span_id AS id, count() AS n FROM toban.spans GROUP BY span_id",
    "SELECT '' AS id, sum(requests) AS n FROM toban.red_15s",
  );
  return { ids: new Map(rows!.map((row) => [Number.parseInt(row.id, 16) - 1, row.n])), rollup: sums![0]!.n };
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 40_000; !(await what()); await sleep(20)) {
    if (performance.now() > deadline) throw new Error(`not within 40 s: ${what}`);
  }
}

function killHost(pid: number | null | undefined): void {
  try {
    if (pid) process.kill(pid, "SIGKILL");
  } catch {
    // It was gone already.
  }
}

describe("the spool", () => {
  it("refuses with 429 when it is full and stores everything it had accepted", async () => {
    const test = await startTelemetry({ spoolMaxBytes: 20_000 });
    try {
      // A stopped host takes nothing out of the spool.
      process.kill(test.telemetry.status().host.pid!, "SIGSTOP");
      const accepted: number[] = [];
      let refused: Response | undefined;
      for (let id = 0; id < 200 && !refused; id++) {
        const response = await send(test.url, "traces", tracesOf([id]));
        if (response.status === 200) accepted.push(id);
        else refused = response;
      }
      expect(refused?.status).toBe(429);
      expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await refused?.json()).toMatchObject({ error: { code: "telemetry_full" } });
      expect(accepted.length).toBeGreaterThan(5);
      killHost(test.telemetry.status().host.pid);
      await test.telemetry.flush();
      expect((await send(test.url, "traces", tracesOf([500]))).status).toBe(200);
      await test.telemetry.flush();
      await test.telemetry.close();
      const { ids } = await stored(test.folder);
      expect([...ids.keys()].sort((a, b) => a - b)).toEqual([...accepted, 500]);
    } finally {
      await test.close();
    }
  });

  it("refuses with 503 when its folder cannot be written, and goes on when it can again", async () => {
    const test = await startTelemetry();
    try {
      const spool = path.join(test.folder, "spool");
      await until(async () => (await readdir(spool)).length === 0);
      await rm(spool, { recursive: true });
      const refused = await send(test.url, "traces", tracesOf([1]));
      expect(refused.status).toBe(503);
      expect(await refused.json()).toMatchObject({ error: { code: "telemetry_not_writable" } });
      expect(test.telemetry.status().healthy).toBe(false);

      await mkdir(spool);
      expect((await send(test.url, "traces", tracesOf([2]))).status).toBe(200);
      await test.telemetry.flush();
      expect(await test.telemetry.red(test.ctx, range())).toMatchObject([{ requests: 1 }]);
    } finally {
      await test.close();
    }
  });

  it("takes the whole records of a torn segment and sets one aside that the store cannot read", async () => {
    const place = await temporaryFolder();
    const { folder, socketPath } = place;
    const options = { folder, socketPath, log: silent, clock: systemClock };
    try {
      const first = await openTelemetryStore({ ...options, sealAfterMs: 60_000 });

      await first.close();
      await mkdir(path.join(folder, "spool"), { recursive: true });
      const torn = Buffer.concat([
        await recordOf(1),
        await recordOf(2),
        (await recordOf(3)).subarray(0, 200),
      ]);
      await writeFile(path.join(folder, "spool", "torn.segment"), torn);
      // Whole records, but nothing that the store can read.
      await writeFile(path.join(folder, "spool", "bad.segment"), encodeRecord("spans", ["{nope"]));
      const second = await openTelemetryStore(options);
      await second.flush();
      expect(await second.red(testCtx(), range())).toMatchObject([{ requests: 2 }]);
      expect(await readdir(path.join(folder, "spool"))).toEqual(["rejected"]);
      expect(second.status().segments).toMatchObject({ inserted: 1, setAside: 1, waiting: 0 });
      await second.close();
    } finally {
      await place.remove();
    }
  });
});

describe("the store host", () => {
  it("killed again and again during ingest loses and doubles nothing", async () => {
    const test = await startTelemetry({ sealAfterMs: 20 });
    try {
      const random = seeded(7);
      let done = false;
      let next = 0;
      const senders = Array.from({ length: 3 }, async () => {
        while (!done) {
          const first = next;
          next += 10;
          const response = await send(
            test.url,
            "traces",
            tracesOf(Array.from({ length: 10 }, (_, i) => first + i)),
          );
          expect(response.status).toBe(200);
          await sleep(2);
        }
      });
      for (let kill = 0; kill < 5; kill++) {
        await test.telemetry.ready(60_000);
        await sleep(random() * 200);
        killHost(test.telemetry.status().host.pid);
        await sleep(20);
      }
      done = true;
      await Promise.all(senders);
      await test.telemetry.flush();
      expect(test.telemetry.status().segments.setAside).toBe(0);
      await test.telemetry.close();
      const { ids, rollup } = await stored(test.folder);
      expect(ids.size).toBe(next);
      expect([...ids.values()].every((n) => n === 1)).toBe(true);
      expect(rollup).toBe(next);
    } finally {
      await test.close();
    }
  });

  it("that noted a block but lost its part stores the segment all the same", async () => {
    const place = await temporaryFolder();

    const file = path.join(place.folder, "one.segment");
    await mkdir(place.folder, { recursive: true });
    const twoDays = [justNow(), justNow(), justNow(), new Date(justNow().getTime() - 2 * 86_400_000)];
    const body = tracesJson(twoDays.map((endedAt, id) => ({ id, endedAt })));
    const { lines } = await rowsOf("traces", body, "acme", systemClock.now());
    await writeFile(file, encodeRecord("spans", lines));
    const count =
      "SELECT count() AS n FROM toban.spans UNION ALL SELECT sum(requests) AS n FROM toban.red_15s";
    let host = superviseHost({ folder: place.folder, socketPath: place.socketPath, log: silent });
    try {
      const call = { file, segment: "one" };
      await host.insert({ ...call, replay: false });
      await host.insert({ ...call, replay: false });
      expect(await host.query(count, {})).toEqual([{ n: 4 }, { n: 4 }]);
      const parts = await host.query<{ path: string }>(
        "SELECT path FROM system.parts WHERE database = 'toban' AND active AND partition > toString(today() - 2)",
        {},
      );
      await host.stop();
      // The state after a kill between the deduplication log and the part: the log knows the block.
      for (const part of parts)
        await rm(path.resolve(place.folder, "engine", part.path), { recursive: true });
      host = superviseHost({ folder: place.folder, socketPath: place.socketPath, log: silent });
      expect(await host.query(count, {})).toEqual([{ n: 1 }, { n: 1 }]);
      await host.insert({ ...call, replay: true });
      expect(await host.query(count, {})).toEqual([{ n: 4 }, { n: 4 }]);
      await host.insert({ ...call, replay: true });
      expect(await host.query(count, {})).toEqual([{ n: 4 }, { n: 4 }]);
    } finally {
      await host.stop();
      await place.remove();
    }
  });

  it("answers a query that takes too long with an error and stays alive", async () => {
    const place = await temporaryFolder();

    const host = superviseHost({ folder: place.folder, socketPath: place.socketPath, log: silent });
    try {
      await host.ready(60_000);
      const endless = expect(
        host.query("SELECT count() AS n FROM numbers(1000000000000)", {}, 500),
      ).rejects.toMatchObject({ engineCode: 159 });
      const other = host.query("SELECT 1 AS one", {});
      expect(await other).toEqual([{ one: 1 }]);
      await endless;
      expect(host.status()).toMatchObject({ state: "ready", restarts: 0 });
    } finally {
      await host.stop();
      await place.remove();
    }
  });
});

describe("the control plane", () => {
  it("killed ten times at random moments keeps what it acknowledged, exactly once", async () => {
    const place = await temporaryFolder();
    const random = seeded(11);
    const acknowledged = new Set<number>();
    let next = 0;
    try {
      for (let round = 0; round < 10; round++) {
        const server = await startServer(place);
        let alive = true;
        const senders = Array.from({ length: 3 }, async () => {
          while (alive) {
            const ids = Array.from({ length: 5 }, () => next++);
            const response = await send(server.url, "traces", tracesOf(ids)).catch(() => undefined);
            if (response?.status === 200) for (const id of ids) acknowledged.add(id);
            await sleep(3);
          }
        });
        // Half of the rounds are killed while the store host still starts, half while it inserts.
        if (round % 2) await until(() => server.hostPid !== null);
        await sleep(random() * (round % 2 ? 1000 : 200));
        if (round % 3 === 2) killHost(server.hostPid);
        server.child.kill("SIGKILL");
        alive = false;
        await Promise.all([...senders, server.exited]);
        if (round % 2) await until(() => server.hostPid === null || !isAlive(server.hostPid));
      }
      const { folder, socketPath } = place;
      const telemetry = await openTelemetryStore({ folder, socketPath, log: silent, clock: systemClock });
      await telemetry.flush();
      expect(telemetry.status().segments.setAside).toBe(0);
      await telemetry.close();
      const { ids, rollup } = await stored(folder);
      expect(acknowledged.size).toBeGreaterThan(200);
      expect([...acknowledged].filter((id) => ids.get(id) !== 1)).toEqual([]);
      // A batch whose sender got no answer may be there, but once.
      expect([...ids.values()].every((n) => n === 1)).toBe(true);
      expect(rollup).toBe(ids.size);
    } finally {
      await place.remove();
    }
  }, 240_000);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

type Server = { child: ChildProcess; url: string; hostPid: number | null; exited: Promise<void> };

async function startServer(place: { folder: string; socketPath: string }): Promise<Server> {
  const program = path.join(import.meta.dirname, "../../dist/telemetry/testing-server.js");
  const child = spawn(process.execPath, [program, "--folder", place.folder, "--socket", place.socketPath], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const server: Server = {
    child,
    url: "",
    hostPid: null,
    exited: new Promise((resolve) => child.on("exit", () => resolve())),
  };
  createInterface({ input: child.stdout! }).on("line", (line) => Object.assign(server, JSON.parse(line)));
  await until(() => server.url !== "");
  return server;
}
