import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../platform/testing.ts";
import { buildTestReleases, type Instance, run, startRelease, until } from "../platform/testing-services.ts";
import { startTraffic } from "./traffic.ts";

const CORE_TOKEN = "core-token-of-this-test";
let database: TestDatabase;
let releases: Awaited<ReturnType<typeof buildTestReleases>>;
const instances: Instance[] = [];

async function start(service: string, environment: Record<string, string>): Promise<Instance> {
  const instance = await startRelease(path.join(releases.folder, service, "1.0.0"), environment);
  instances.push(instance);
  return instance;
}

beforeAll(async () => {
  [database, releases] = await Promise.all([
    createTestDatabase({ migrated: false }),
    buildTestReleases("1.0.0"),
  ]);
  const migrate = path.join(releases.folder, "core", "1.0.0", "migrate.js");
  await run(process.execPath, [migrate], { DATABASE_OWNER_URL: database.ownerUrl });
}, 120_000);

afterAll(async () => {
  await Promise.all(instances.map((instance) => instance.stop()));
  await database?.close();
  await releases?.remove();
});

test("the users of several tenants submit, list, open and decide requests of the real service, hardly ever in vain", async () => {
  const [core] = await Promise.all([
    start("core", { DATABASE_URL: database.appUrl, CORE_TOKEN }),
    start("worker", { DATABASE_URL: database.appUrl }),
  ]);
  const bff = await start("bff", { CORE_URL: core!.url, CORE_TOKEN, SESSION_DATABASE_URL: database.appUrl });
  const stop = new AbortController();
  const traffic = startTraffic({
    url: bff.url,
    rps: 40,
    users: 24,
    seed: 7,
    now: () => new Date(performance.timeOrigin + performance.now()),
    signal: stop.signal,
  });
  await until(
    "submissions and decisions",
    () => {
      const { submitted, decided } = traffic.report();
      return submitted >= 20 && decided >= 10 ? true : undefined;
    },
    60_000,
  );
  stop.abort();
  await traffic.ended;
  const report = traffic.report();
  const { total, failedByUsers, byStatus } = report;
  const of = (status: string) => byStatus[status] ?? 0;
  // A crowded machine may cost a request its time limit; anything else would be a defect.
  expect(failedByUsers).toBe(of("503") + of("504"));
  expect(failedByUsers).toBeLessThan(total / 50);
  // The rest are successes and conflicts with other people's decisions.
  expect(of("200") + of("201") + of("409") + failedByUsers).toBe(total);
  expect(of("201")).toBeGreaterThanOrEqual(24 + 20);
}, 90_000);
