import type { Operations } from "@toban/definition";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AlertTransition, evaluateAlerts, listAlerts, newestPayload } from "../alerting/index.ts";
import { type AuditEvent, auditSignals, record } from "../audit/index.ts";
import { followAlert, listIncidents, type PreserveAudit } from "../incidents/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import { createTestDatabase, type TestDatabase, testClock, testCtx } from "../platform/testing.ts";
import { createOwnMetrics, type OwnMetrics } from "../telemetry/index.ts";
import { startTelemetry, type TestTelemetry } from "../telemetry/testing.ts";
import { causeOf } from "./alert-cause.ts";
import { readConfig } from "./config.ts";
import { loadDefinition } from "./definition.ts";
import { preserveAuditIn } from "./preserve-audit.ts";

// RingiFlow's alerts on the audit log: events in a real database, metrics through a real telemetry store, real rules.

let t: TestDatabase;
let telemetry: TestTelemetry;
let operations: Operations;
let clock: ReturnType<typeof testClock>;
let metrics: OwnMetrics;
let transitions: AlertTransition[];
/** Every test is an installation of its own, with one more tenant. */
let serial = 0;

beforeAll(async () => {
  t = await createTestDatabase();
  const started = new Date().toISOString();
  clock = testClock(started);
  telemetry = await startTelemetry();
  operations = (await loadDefinition(readConfig({}).definition)).operations;
}, 90_000);
afterAll(async () => {
  await telemetry?.close();
  await t?.close();
});
beforeEach(() => {
  serial += 1;
  transitions = [];
  metrics = createOwnMetrics({ ingest: telemetry.telemetry.ingest, ctx: own(), environment: "production" });
});

const ctxOf = (tenant: string, more: Partial<Ctx> = {}) => testCtx({ clock, tenant, ...more });
const own = () => ctxOf(`own-${serial}`);
const acme = (more: Partial<Ctx> = {}) => ctxOf(`acme-${serial}`, more);

const signals = () =>
  auditSignals({
    db: t.db,
    tenants: async () => [own().tenant, acme().tenant],
    ctxFor: ctxOf,
    metrics,
    watched: () => true,
    watchedUntil: async () => undefined,
  });
let counting: ReturnType<typeof signals>;
const preserve = (...hold: Parameters<PreserveAudit>) =>
  preserveAuditIn({ db: t.db, tenants: async () => [own().tenant, acme().tenant] })(...hold);
const holdsOf = (ctx: Ctx) =>
  t.db.tx(ctx, (tx) => tx.query("SELECT incident, reason FROM toban.audit_holds WHERE released_at IS NULL"));

/** What the tasks do within `seconds`, in steps of three seconds, or ten when nothing but time matters. */
async function pass(seconds: number, each: () => void = () => {}) {
  const step = seconds > 30 ? 10 : 3;
  for (let at = 0; at < seconds; at += step) {
    clock.advance(step * 1_000);
    each();
    await metrics.report();
    await telemetry.telemetry.flush();
    await evaluateAlerts(
      {
        db: t.db,
        definition: () => operations,
        environment: "production",
        secret: () => undefined,
        sample: telemetry.telemetry.sample,
        cause: causeOf(counting),
        onTransition: async (tx, ctx, transition) => {
          transitions.push(transition);
          await followAlert(tx, ctx, transition, preserve);
        },
      },
      own(),
    );
  }
}
/** With the signals counted at each step. */
async function countFor(seconds: number) {
  const step = seconds > 30 ? 9 : 3;
  for (let at = 0; at < seconds; at += step) {
    await counting.task.run();
    await pass(step);
  }
}
const alert = async (id: string) =>
  (await t.db.tx(own(), (tx) => listAlerts(tx, operations))).find((view) => view.id === id)!;
async function happens(event: Partial<AuditEvent>, ctx = acme()) {
  const whole = { class: "auth", resource: "person/hanako", result: "success", ...event } as AuditEvent;
  await t.db.tx(ctx, (tx) => record(tx, ctx, whole));
}
const refused = (attempts: number) =>
  happens({
    ...{ action: "session.refuse", result: "denied", resource: "console/sign-in" },
    details: { method: "token", attempts },
  });
const roleChange = { class: "admin", action: "person.role", details: { from: 2, to: 5 } } as const;

beforeEach(() => {
  counting = signals();
});

describe("alerts on the audit log", () => {
  it("one change of permissions in any tenant is told with its correlation id, and resolves by itself", async () => {
    await countFor(3);
    expect(await alert("privilege-change")).toMatchObject({ state: "inactive", value: 0, noData: false });
    await happens(roleChange, acme({ correlationId: "corr-role-1" }));
    await countFor(3);
    expect(await alert("privilege-change")).toMatchObject({
      state: "firing",
      level: "warning",
      severity: "medium",
    });
    expect(await t.db.tx(own(), (tx) => newestPayload(tx, "privilege-change", "fire"))).toMatchObject({
      cause: { tenantId: acme().tenant, correlationId: "corr-role-1", action: "person.role" },
    });
    await countFor(144);
    expect((await alert("privilege-change")).state).toBe("resolved");
  });

  it("more changes than a person makes by hand are critical and preserve the audit log", async () => {
    for (let i = 0; i < 9; i++) await happens(roleChange);
    await countFor(3);
    expect(await alert("privilege-change")).toMatchObject({ state: "firing", level: "warning" });
    await happens(roleChange);
    await countFor(3);
    expect(await alert("privilege-change")).toMatchObject({ level: "critical", severity: "critical" });
    expect(transitions.filter(({ alertId }) => alertId === "privilege-change").at(-1)).toMatchObject({
      level: "critical",
      preserve: true,
    });
    // One hold in the tenant where it happened, one in the installation's own, both of the incident.
    const [incident] = await t.db.tx(own(), (tx) => listIncidents(tx));
    const hold = { incident: incident!.id, reason: "alert privilege-change" };
    await countFor(6);
    expect([await holdsOf(own()), await holdsOf(acme())]).toEqual([[hold], [hold]]);
  });

  it("a change of multi-factor authentication is told, a sign-in is not", async () => {
    await happens({ action: "session.create" });
    await countFor(3);
    expect((await alert("mfa-change")).state).toBe("inactive");
    await happens({ action: "mfa.change", details: { method: "totp", enabled: false } });
    await countFor(3);
    expect((await alert("mfa-change")).state).toBe("firing");
  });

  it("failed sign-ins just below the threshold are none, at it they are a surge", async () => {
    const { warning } = operations.alerts["failed-sign-ins"]!.thresholds;
    const threshold = warning.kind === "count" ? warning.count : 0;
    expect(threshold).toBeGreaterThan(1);
    await refused(threshold - 2);
    await refused(1);
    await countFor(6);
    expect(await alert("failed-sign-ins")).toMatchObject({ state: "inactive", value: threshold - 1 });
    await refused(1);
    await countFor(3);
    expect(await alert("failed-sign-ins")).toMatchObject({ state: "firing", value: threshold });
  });

  it.each([
    ["audit-lag", "toban.audit.lag", 9_999, 10_000, 60_000],
    ["audit-unanchored", "toban.audit.unanchored", 59_999, 60_000, 300_000],
    ["audit-invalid", "toban.audit.verify_failures", 0, 1, 2],
    ["audit-diverged", "toban.audit.diverged", 0, 1, 2],
  ])(
    "%s: %s of %d is fine, %d fires, %d is critical, and it resolves",
    async (id, metric, fine, warning, critical) => {
      const set = (value: number) => () => metrics.gauge(metric, value, { tenant: "acme", class: "auth" });
      await pass(15, set(fine));
      expect(await alert(id)).toMatchObject({ state: "inactive", value: fine });
      await pass(15, set(warning));
      expect(await alert(id)).toMatchObject({ state: "firing", level: "warning" });
      await pass(15, set(critical));
      expect(await alert(id)).toMatchObject({ state: "firing", level: "critical", severity: "critical" });
      await pass(81, set(0));
      expect((await alert(id)).state).toBe("resolved");
    },
  );

  it("a log that does not verify is critical at once", async () => {
    await pass(3, () => metrics.gauge("toban.audit.verify_failures", 1));
    expect(await alert("audit-invalid")).toMatchObject({ state: "firing", severity: "critical" });
    // Nobody can tell in which tenant: all of it is evidence.
    const one = [expect.objectContaining({ reason: "alert audit-invalid" })];
    expect([await holdsOf(own()), await holdsOf(acme())]).toEqual([one, one]);
  });

  it("figures of the audit log that stop fire, also when only one of them does", async () => {
    const names = [
      "lag",
      "unanchored",
      "diverged",
      "verify_failures",
      "privilege_changes",
      "failed_sign_ins",
    ];
    const set = (without?: string) => () => {
      for (const name of names) if (name !== without) metrics.gauge(`toban.audit.${name}`, 0);
    };
    await pass(60, set());
    expect(await alert("audit-unwatched")).toMatchObject({ state: "inactive", value: 0 });
    // Values are repeated for a minute, and looked at for another.
    await pass(150, set("unanchored"));
    expect(await alert("audit-unwatched")).toMatchObject({ state: "firing", value: 1, severity: "critical" });
    await pass(60, set());
    expect((await alert("audit-unwatched")).state).toBe("resolved");
    await pass(150);
    expect(await alert("audit-unwatched")).toMatchObject({ state: "firing", value: names.length });
  });
});
