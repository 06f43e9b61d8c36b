import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database, Tx } from "../../platform/database.ts";
import { createTestDatabase, type TestDatabase, testCtx } from "../../platform/testing.ts";
import { flushAccess, recordAccess, search } from "../index.ts";

let t: TestDatabase;
beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t.close());

const read = { action: "audit.search", resource: "audit", result: "success" } as const;
const reader = (tenant: string, id = "alice") => testCtx({ tenant, actor: { kind: "person", id } });

/** The real database, counting transactions, with something in front of each statement. */
function watched(before: (sql: string) => void = () => {}): Database & { transactions: string[] } {
  const transactions: string[] = [];
  return {
    ...t.db,
    transactions,
    tx(ctx, work) {
      transactions.push(ctx.tenant);
      return t.db.tx(ctx, (tx) =>
        work({
          query: async (sql, parameters) => {
            before(sql);
            return tx.query(sql, parameters);
          },
        } as Tx),
      );
    },
  };
}
const recorded = async (tenant: string) =>
  (await t.db.tx({ tenant }, (tx) => search(tx, { class: "access" }))).length;

describe("recording that something was read", () => {
  it("readers of the same moment share one transaction per tenant, and each waits for it", async () => {
    const db = watched();
    const readers = [...Array(30).keys()].map((n) =>
      reader(n % 3 === 0 ? "west" : "east", `reader-${n % 5}`),
    );
    await Promise.all(
      readers.map(async (ctx) => {
        await recordAccess(db, ctx, read);
        expect(await recorded(ctx.tenant)).toBe(ctx.tenant === "west" ? 10 : 20);
      }),
    );
    expect(db.transactions.sort()).toEqual(["east", "west"]);
  });

  it("a failure is everybody's failure in the batch, of the tenant alone, and leaves nothing", async () => {
    let calls = 0;
    const db = watched((sql) => {
      if (sql.includes("audit_queue") && ++calls === 3) throw new Error("the disk is full");
    });
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map((n) => recordAccess(db, reader("full", `r${n}`), read)),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(await recorded("full")).toBe(0);
    await recordAccess(db, reader("full"), read);
    expect(await recorded("full")).toBe(1);
  });

  it("an event that the catalogue refuses fails its own reader only", async () => {
    const [good, bad] = await Promise.allSettled([
      recordAccess(t.db, reader("mixed"), read),
      recordAccess(t.db, reader("mixed"), { ...read, details: { query: "x" } }),
    ]);
    expect([good.status, bad.status]).toEqual(["fulfilled", "rejected"]);
    expect(await recorded("mixed")).toBe(1);
  });

  it("what is still gathered is written by a flush, which waits for it", async () => {
    const pending = recordAccess(t.db, reader("flushed"), read);
    await flushAccess(t.db);
    expect(await recorded("flushed")).toBe(1);
    await pending;
  });

  it("more than a batch holds is written in several", async () => {
    const db = watched();
    await Promise.all([...Array(250).keys()].map(() => recordAccess(db, reader("many"), read)));
    expect(await recorded("many")).toBe(100);
    expect(db.transactions).toHaveLength(3);
    expect(await t.db.tx({ tenant: "many" }, (tx) => search(tx, { limit: 1_000 }))).toHaveLength(250);
  });
});
