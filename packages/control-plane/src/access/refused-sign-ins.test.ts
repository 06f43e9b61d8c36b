import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { search } from "../audit/index.ts";
import { unavailable } from "../platform/errors.ts";
import { createTestDatabase, type TestDatabase, testCtx } from "../platform/testing.ts";
import { refusedSignIns } from "./refused-sign-ins.ts";

let t: TestDatabase;
/** Every test is a tenant of its own. */
let tenant = 0;
beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t.close());
beforeEach(() => {
  tenant += 1;
});

const ctx = (sourceIp?: string) =>
  testCtx({
    tenant: `tenant-${tenant}`,
    actor: { kind: "person", id: "anonymous" },
    ...(sourceIp === undefined ? {} : { sourceIp }),
  });
const events = async () => t.db.tx(ctx(), (tx) => search(tx, { action: "session.refuse" }));
const attempts = async () => (await events()).reduce((sum, { details }) => sum + Number(details.attempts), 0);
const used = { method: "link", code: "sign_in_link_invalid" } as const;
const unknown = { method: "token", code: "not_signed_in" } as const;

describe("refused sign-ins", () => {
  it("are audited as denied, with their method and code and without what was presented", async () => {
    const refused = refusedSignIns(t.db);
    refused.note(ctx("192.0.2.7"), used);
    await refused.close();
    const [event, ...others] = await events();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      class: "auth",
      result: "denied",
      details: { method: "link", code: "sign_in_link_invalid", attempts: 1 },
    });
    expect(event?.sourceIp).not.toBeNull();
  });

  it("a flood becomes a few events that count all of it", async () => {
    const refused = refusedSignIns(t.db);
    for (let i = 0; i < 5_000; i++) refused.note(ctx(`192.0.2.${i % 200}`), i % 2 ? used : unknown);
    await sleep(1_500);
    for (let i = 0; i < 5_000; i++) refused.note(ctx("192.0.2.1"), unknown);
    await refused.close();
    expect(await attempts()).toBe(10_000);
    const written = await events();
    // At most ten a second, however slow the machine is: a two-hundredth.
    expect(written.length).toBeLessThanOrEqual(50);
    expect(written.every((event) => event.sourceIp !== null)).toBe(true);
  });

  it("while the database is away they wait, and none is lost", async () => {
    let isDown = true;
    const refused = refusedSignIns({
      ...t.db,
      tx: (who, work) =>
        isDown ? Promise.reject(unavailable("database_unavailable", "Down.", "Wait.")) : t.db.tx(who, work),
    });
    refused.note(ctx(), used);
    refused.note(ctx(), used);
    await sleep(100);
    isDown = false;
    await refused.close();
    expect(await attempts()).toBe(2);
  });
});
