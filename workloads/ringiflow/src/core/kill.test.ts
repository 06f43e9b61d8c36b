import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEvents } from "../events/store.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing.ts";
import { contents } from "../platform/testing-commands.ts";
import { buildTestReleases, type Instance, startRelease } from "../platform/testing-services.ts";

const TOKEN = "core-token-of-this-test";
let database: TestDatabase;
let releases: Awaited<ReturnType<typeof buildTestReleases>>;

beforeAll(async () => {
  [database, releases] = await Promise.all([createTestDatabase(), buildTestReleases("core")]);
});
afterAll(async () => {
  await database?.close();
  await releases?.remove();
});

const start = (databaseUrl: string, options = {}) =>
  startRelease(
    path.join(releases.folder, "core", "1.0.0"),
    { DATABASE_URL: databaseUrl, CORE_TOKEN: TOKEN },
    options,
  );

test("core killed in the middle of commands loses none and doubles none that are sent again", async () => {
  let core: Instance = await start(database.appUrl);
  let sending = true;
  const answered = new Map<string, string>();
  let sentAgain = 0;
  const client = async (name: string) => {
    for (let index = 0; sending; index++) {
      const key = `${name}-command-${index}`;
      while (!answered.has(key)) {
        try {
          const answer = await fetch(`${core.url}/v1/requests`, {
            method: "POST",
            headers: {
              authorization: `Bearer ${TOKEN}`,
              "x-ringiflow-tenant": "aozora",
              "x-ringiflow-actor": "aozora-01",
              "idempotency-key": key,
              "content-type": "application/json",
            },
            body: JSON.stringify(contents),
          });
          if (answer.status !== 201) throw new Error(`answered ${answer.status}`);
          const { request } = (await answer.json()) as { request: { id: string } };
          answered.set(key, request.id);
        } catch {
          sentAgain++;
          await sleep(20);
        }
      }
    }
  };
  const clients = [1, 2, 3, 4].map((number) => client(`client${number}`));
  for (let kill = 0; kill < 4; kill++) {
    const before = answered.size;
    while (answered.size < before + 5) await sleep(10 + kill * 3);
    await core.stop("SIGKILL");
    core = await start(database.appUrl);
  }
  sending = false;
  await Promise.all(clients);
  await core.stop();

  expect(sentAgain).toBeGreaterThan(0);
  const events = await database.db.tx("aozora", (tx) => readEvents(tx, { after: 0, upTo: 1e9, limit: 1e6 }));
  expect(events.map(({ streamId }) => streamId).sort()).toEqual([...answered.values()].sort());
  expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
});

test("core is not ready with a role that could get around row-level security", async () => {
  for (const url of [database.ownerUrl, database.superuserUrl]) {
    const core = await start(url, { waitForReady: false });
    const ready = await fetch(`${core.url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain("give the restricted role's URL");
    await core.stop();
  }
});
