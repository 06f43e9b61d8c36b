import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Ctx } from "../../platform/ctx.ts";
import type { Metrics } from "../../platform/metrics.ts";
import { createTestDatabase, type TestDatabase, testClock, testCtx } from "../../platform/testing.ts";
import { type AuditEvent, record } from "../index.ts";
import { type AuditSignals, auditSignals } from "./index.ts";

let t: TestDatabase;
let clock: ReturnType<typeof testClock>;
/** Every test has tenants of its own. */
let serial = 0;
let gauges: Map<string, number>;
let isWatched: boolean;
beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t.close());
beforeEach(() => {
  clock = testClock();
  serial += 1;
  gauges = new Map();
  isWatched = true;
});

const name = (tenant: string) => `${tenant}-${serial}`;
const ctxOf = (tenant: string, actor: Ctx["actor"] = { kind: "person", id: "tester" }) =>
  testCtx({ clock, tenant, actor });
const metrics: Metrics = {
  gauge: (metric, value, labels) => gauges.set(`${metric} ${labels?.tenant}`, value),
};
const signals = (watchedUntil?: Date): AuditSignals =>
  auditSignals({
    db: t.db,
    tenants: async () => [name("acme"), name("globex")],
    ctxFor: (tenant) => ctxOf(tenant),
    metrics,
    watched: () => isWatched,
    watchedUntil: async () => watchedUntil,
  });
/** Of one tenant, or of the one that has most. */
const value = (metric: string, tenant?: string) =>
  gauges.get(`toban.audit.${metric} ${tenant === undefined ? undefined : name(tenant)}`);

async function happens(event: Partial<AuditEvent>, ctx = ctxOf(name("acme"))) {
  const whole = { class: "admin", resource: "person/hanako", result: "success", ...event } as AuditEvent;
  await t.db.tx(ctx, (tx) => record(tx, ctx, whole));
}
const roleChange: Partial<AuditEvent> = {
  action: "person.role",
  details: { from: 2, to: 5 },
};
const refusal = (attempts: number): Partial<AuditEvent> => ({
  ...{ class: "auth", action: "session.refuse", resource: "console/sign-in", result: "denied" },
  details: { method: "token", attempts },
});

describe("signals of the audit log", () => {
  it("count what happened in the last minute, by tenant where there is something; nothing is zero, not missing", async () => {
    await happens(roleChange);
    clock.advance(1_000);
    await happens(refusal(1), ctxOf(name("globex")));
    const { task } = signals();
    await task.run();
    expect(value("privilege_changes")).toBe(1);
    expect(value("privilege_changes", "acme")).toBe(1);
    expect(value("privilege_changes", "globex")).toBeUndefined();
    expect(value("failed_sign_ins", "globex")).toBe(1);
    expect(value("mfa_changes")).toBe(0);
    expect(value("denied")).toBe(0);
    clock.advance(59_000);
    await task.run();
    expect(value("privilege_changes")).toBe(1);
    clock.advance(1);
    await task.run();
    // A minute before the look before this one: what came between two looks is never skipped.
    expect(value("privilege_changes")).toBe(1);
    await task.run();
    expect(value("privilege_changes")).toBe(0);
    expect(value("privilege_changes", "acme")).toBe(0);
  });

  it("an event that stands for many attempts counts as all of them, a success as none", async () => {
    await happens(refusal(9));
    await happens(refusal(1));
    await happens({ class: "auth", action: "session.create", result: "success" });
    await signals().task.run();
    expect(value("failed_sign_ins")).toBe(10);
  });

  it("what the control plane provisions by itself is no change of privileges, what a token does is", async () => {
    await happens(roleChange, ctxOf(name("acme"), { kind: "task", id: "control-plane" }));
    const { task, newest } = signals();
    await task.run();
    expect(value("privilege_changes")).toBe(0);
    expect(await newest("toban.audit.privilege_changes")).toBeNull();
    await happens(roleChange, ctxOf(name("acme"), { kind: "token", id: "ci" }));
    await task.run();
    expect(value("privilege_changes")).toBe(1);
  });

  it("what happened right before a crash is counted after it, however long the process was down", async () => {
    await happens(roleChange);
    clock.advance(2_000);
    const before = clock.now();
    clock.advance(3_600_000);
    const { task } = signals(before);
    await task.run();
    expect(value("privilege_changes")).toBe(1);
    clock.advance(3_000);
    await task.run();
    expect(value("privilege_changes")).toBe(0);
  });

  it("what happened while nobody could evaluate alerts is counted until somebody can", async () => {
    const { task } = signals();
    await task.run();
    isWatched = false;
    await happens(roleChange);
    for (let minutes = 0; minutes < 10; minutes++) {
      clock.advance(60_000);
      await task.run();
      expect(value("privilege_changes")).toBe(1);
    }
    isWatched = true;
    await task.run();
    expect(value("privilege_changes")).toBe(1);
    await task.run();
    expect(value("privilege_changes")).toBe(0);
  });

  it("the newest event behind a signal is known in every tenant, also to a replica that has not looked yet", async () => {
    await happens(roleChange);
    clock.advance(5);
    const ctx = { ...ctxOf(name("globex")), correlationId: "corr-newest-1" };
    await happens(roleChange, ctx);
    const newest = await signals().newest("toban.audit.privilege_changes");
    expect(newest).toMatchObject({
      tenantId: name("globex"),
      correlationId: "corr-newest-1",
      action: "person.role",
    });
    expect(await signals().newest("toban.audit.mfa_changes")).toBeNull();
    expect(await signals().newest("toban.instance.memory")).toBeNull();
  });
});
