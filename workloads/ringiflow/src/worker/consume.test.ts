import { randomUUID } from "node:crypto";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fold } from "../domain/evolve.ts";
import type { RequestEvent } from "../domain/model.ts";
import { readEvents, readStream, redeliver } from "../events/store.ts";
import { asSuperuser, createTestDatabase, type TestDatabase } from "../platform/testing.ts";
import { commander, contents, submit } from "../platform/testing-commands.ts";
import { buildTestReleases, type Instance, run, startRelease, until } from "../platform/testing-services.ts";
import { listRequests, readRows, readSummary } from "../readmodel/store.ts";
import { type Consumed, consumeAll, DEFAULT_POLICY, measureQueues, rebuild, redrive } from "./consume.ts";

const TENANT = "aozora";
const policy = { ...DEFAULT_POLICY, maxAttempts: 3, backoffMs: 20 };
const ALL = { view: "all", q: "", limit: 200 } as const;

let database: TestDatabase;
let send: ReturnType<typeof commander>;

beforeAll(async () => {
  database = await createTestDatabase();
  send = commander(database.db);
});
beforeEach(() =>
  asSuperuser(database.superuserUrl, async (client) => {
    await client.query(
      `TRUNCATE ringiflow.events, ringiflow.outbox, ringiflow.commands, ringiflow.applied_events,
         ringiflow.dead_letters, ringiflow.request_list, ringiflow.request_counters`,
    );
    await client.query("UPDATE ringiflow.heads SET position = 0");
    await client.query("UPDATE ringiflow.checkpoints SET position = 0");
  }),
);
afterAll(() => database?.close());

async function consume(given = policy): Promise<Consumed> {
  const total: Consumed = { applied: 0, duplicates: 0, retries: 0, deadLettered: 0 };
  const onBatch = (_tenant: string, batch: Consumed) => {
    for (const key of Object.keys(total) as (keyof Consumed)[]) total[key] += batch[key];
  };
  await consumeAll(database.db, {
    policy: given,
    onBatch,
    onError: (_tenant, error) => {
      throw error;
    },
  });
  return total;
}

/** Lists and counters of every tenant against the fold of the events. */
async function expectReadModelsToEqualTheFold() {
  for (const tenant of ["aozora", "minato", "hinode"]) {
    await database.db.tx(tenant, async (tx) => {
      const events = await readEvents(tx, { after: 0, upTo: 1e9, limit: 1e6 });
      expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
      const ids = [...new Set(events.map(({ streamId }) => streamId))];
      const rows = await readRows(tx, ids);
      let totalYen = 0;
      for (const id of ids) {
        const stream = await readStream(tx, id);
        const state = fold(stream.map(({ event }) => event))!;
        totalYen += state.contents.amountYen;
        expect(rows.get(id)).toMatchObject({ version: stream.length, applied: stream.length, state });
      }
      expect(await readSummary(tx)).toMatchObject({ count: ids.length, totalYen });
    });
  }
}

async function plantPoison(streamId: string, version: number): Promise<string> {
  const eventId = randomUUID();
  await asSuperuser(database.superuserUrl, async (client) => {
    await client.query("SELECT set_config('ringiflow.tenant', $1, false)", [TENANT]);
    await client.query(
      `WITH head AS (UPDATE ringiflow.heads SET position = position + 1 WHERE tenant_id = $1 RETURNING position),
       event AS (INSERT INTO ringiflow.events (tenant_id, stream_id, version, position, event_id, type, data,
           actor_id, actor_name, correlation_id, at)
         SELECT $1, $2, $3, position, $4, 'nonsense', '{}', 'x', 'x', 'x', now() FROM head RETURNING position)
       INSERT INTO ringiflow.outbox (tenant_id, position, event_id, stream_id, queued_at)
       SELECT $1, position, $4, $2, now() FROM event`,
      [TENANT, streamId, version, eventId],
    );
  });
  return eventId;
}

describe("the worker", () => {
  test("makes the lists and counters of each tenant from the events", async () => {
    const { line } = await send("aozora-01", submit);
    await send("minato-01", submit);
    await send("aozora-03", { name: "approve", comment: null }, { id: line.id, expectedVersion: 1 });
    expect(await consume()).toEqual({ applied: 3, duplicates: 0, retries: 0, deadLettered: 0 });
    expect(await consume()).toEqual({ applied: 0, duplicates: 0, retries: 0, deadLettered: 0 });
    await expectReadModelsToEqualTheFold();
    const summary = await database.db.tx(TENANT, readSummary);
    expect(summary).toEqual({
      count: 1,
      totalYen: contents.amountYen,
      byStatus: { in_review: 0, approved: 1, rejected: 0, returned: 0, withdrawn: 0 },
    });
  });

  test("drops a second delivery of an event", async () => {
    await send("aozora-01", submit);
    await consume();
    await database.db.tx(TENANT, async (tx) => {
      const events = await readEvents(tx, { after: 0, upTo: 1e9, limit: 10 });
      await redeliver(
        tx,
        [...events, ...events].map(({ eventId }) => eventId),
      );
      await redeliver(
        tx,
        events.map(({ eventId }) => eventId),
      );
    });
    expect(await consume()).toEqual({ applied: 0, duplicates: 2, retries: 0, deadLettered: 0 });
    await expectReadModelsToEqualTheFold();
  });

  test("puts an event that cannot be applied aside after its tries, while others go on", async () => {
    const poisoned = (await send("aozora-01", submit)).line;
    await plantPoison(poisoned.id, 2);
    const fine = (await send("aozora-02", submit)).line;
    // So long a pause that no second try falls into this round.
    const first = await consume({ ...policy, backoffMs: 3_600_000 });
    expect(first).toEqual({ applied: 2, duplicates: 0, retries: 1, deadLettered: 0 });
    const [queue] = await measureQueues(database.db);
    expect(queue).toMatchObject({ tenant: TENANT, backlog: 1, deadLetters: 0 });
    expect(queue!.lagSeconds).toBeGreaterThan(0);

    await asSuperuser(database.superuserUrl, (client) =>
      client.query("UPDATE ringiflow.outbox SET not_before = now()"),
    );
    const later: Consumed = { applied: 0, duplicates: 0, retries: 0, deadLettered: 0 };
    await until("the dead letter", async () => {
      const { retries, deadLettered } = await consume();
      later.retries += retries;
      later.deadLettered += deadLettered;
      return later.deadLettered > 0 || undefined;
    });
    expect(later).toMatchObject({ retries: policy.maxAttempts - 2, deadLettered: 1 });
    expect((await measureQueues(database.db))[0]).toMatchObject({
      backlog: 0,
      deadLetters: 1,
      lagSeconds: 0,
    });
    const lines = await database.db.tx(TENANT, (tx) => listRequests(tx, "aozora-01", ALL));
    expect(lines.map((line) => line.id).sort()).toEqual([poisoned.id, fine.id].sort());
    expect(lines.map((line) => line.version)).toEqual([1, 1]);
  });

  test("applies dead letters once when they are driven again after the cause was mended", async () => {
    const { line } = await send("aozora-01", submit);
    const eventId = await plantPoison(line.id, 2);
    await until("the dead letter", async () => (await consume()).deadLettered > 0 || undefined);
    const mended: RequestEvent = { type: "commented", comment: "修復済み" };
    await asSuperuser(database.superuserUrl, (client) =>
      client.query("UPDATE ringiflow.events SET type = $1, data = $2 WHERE event_id = $3", [
        mended.type,
        { comment: mended.comment },
        eventId,
      ]),
    );
    expect(await redrive(database.db, TENANT)).toBe(1);
    expect(await consume()).toMatchObject({ applied: 1 });
    expect(await redrive(database.db, TENANT)).toBe(0);
    await expectReadModelsToEqualTheFold();
  });

  test("rebuilds damaged read models into the fold of the events", async () => {
    const { line } = await send("aozora-01", submit);
    await send("aozora-02", submit);
    await consume();
    await asSuperuser(database.superuserUrl, async (client) => {
      await client.query("UPDATE ringiflow.request_list SET title = '壊れた', applied = 99");
      await client.query("UPDATE ringiflow.request_counters SET count = 1000");
    });
    await send("aozora-03", { name: "approve", comment: null }, { id: line.id, expectedVersion: 1 });
    expect(await rebuild(database.db, TENANT)).toEqual({ events: 3, failed: 0 });
    await expectReadModelsToEqualTheFold();
    expect(await consume()).toEqual({ applied: 0, duplicates: 0, retries: 0, deadLettered: 0 });
  });

  test("finds requests by words of title and body in Japanese", async () => {
    const chairs = (await send("aozora-01", submit)).line.id;
    const laptop = { ...contents, title: "ノートＰＣ", body: "ﾒﾓﾘ32GB 100%" };
    const pc = (await send("aozora-02", { name: "submit", contents: laptop })).line.id;
    await consume();
    const find = (q: string) =>
      database.db.tx(TENANT, async (tx) =>
        (await listRequests(tx, "aozora-01", { ...ALL, q })).map((request) => request.id),
      );
    expect(await find("椅子")).toEqual([chairs]);
    expect(await find("室の")).toEqual([chairs]);
    expect(await find("ノートpc　メモリ")).toEqual([pc]);
    expect(await find("佐藤")).toEqual([chairs]);
    expect(await find("100%")).toEqual([pc]);
    expect(await find("%")).toEqual([pc]);
    expect(await find("椅子 メモリ")).toEqual([]);
    expect(await find("存在しない")).toEqual([]);
  });
});

describe("a worker process", () => {
  let releases: Awaited<ReturnType<typeof buildTestReleases>>;
  beforeAll(async () => {
    releases = await buildTestReleases("worker");
  });
  afterAll(() => releases?.remove());

  test("killed again and again loses no event and applies none twice", async () => {
    const folder = path.join(releases.folder, "worker", "1.0.0");
    const start = () => startRelease(folder, { DATABASE_URL: database.appUrl }, { waitForReady: false });
    let writing = true;
    const writer = (async () => {
      for (let index = 0; writing; index++) {
        const tenant = ["aozora", "minato", "hinode"][index % 3]!;
        const { line } = await send(`${tenant}-01`, submit);
        await send(`${tenant}-03`, { name: "approve", comment: null }, { id: line.id, expectedVersion: 1 });
      }
    })();
    const running: Instance[] = [await start(), await start()];
    try {
      for (let kill = 0; kill < 5; kill++) {
        await sleep(60 + kill * 53);
        await running.shift()!.stop("SIGKILL");
        running.push(await start());
      }
      writing = false;
      await writer;
      await until(
        "an empty queue",
        async () => (await measureQueues(database.db)).every(({ backlog }) => backlog === 0) || undefined,
      );
      await expectReadModelsToEqualTheFold();
      expect((await measureQueues(database.db)).map(({ deadLetters }) => deadLetters)).toEqual([0, 0, 0]);
    } finally {
      writing = false;
      await Promise.all([writer, ...running.map((instance) => instance.stop())]);
    }
    const rebuilt = await run(process.execPath, [path.join(folder, "rebuild.js")], {
      DATABASE_URL: database.appUrl,
    });
    expect(rebuilt).toMatchObject({ code: 0, output: expect.stringContaining("0 in the dead letters") });
    await expectReadModelsToEqualTheFold();
  });
});
