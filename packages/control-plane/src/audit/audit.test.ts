import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase, testCtx } from "../platform/testing.ts";
import { record, search } from "./index.ts";

let t: TestDatabase;
beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t.close());

describe("audit", () => {
  it("an event carries who, when, which tenant, what and with what outcome", async () => {
    await t.db.tx(t.ctx, (tx) =>
      record(tx, t.ctx, {
        class: "operation",
        action: "rollout.start",
        resource: "service/bff",
        result: "success",
      }),
    );
    const [row] = await t.db.tx(t.ctx, (tx) => search(tx, { action: "rollout.start" }));
    expect(row).toMatchObject({
      tenantId: "acme",
      actorId: "person:tester",
      resource: "service/bff",
      result: "success",
      correlationId: t.ctx.correlationId,
    });
    expect(row?.ts).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });

  it("an event of a transaction that fails is not kept", async () => {
    const work = t.db.tx(t.ctx, async (tx) => {
      await record(tx, t.ctx, {
        class: "operation",
        action: "lost.change",
        resource: "x/1",
        result: "success",
      });
      throw new Error("the change failed");
    });
    await expect(work).rejects.toThrow("the change failed");
    expect(await t.db.tx(t.ctx, (tx) => search(tx, { action: "lost.change" }))).toEqual([]);
  });

  it("the app role can neither change nor remove an event", async () => {
    for (const sql of ["UPDATE toban.audit_events SET action = 'x'", "DELETE FROM toban.audit_events"]) {
      await expect(t.db.tx(t.ctx, (tx) => tx.query(sql))).rejects.toThrow(/permission denied/);
    }
  });

  it("another tenant sees nothing", async () => {
    const other = testCtx({ tenant: "globex" });
    expect(await t.db.tx(other, (tx) => search(tx, {}))).toEqual([]);
  });
});
