import Fastify from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AlertTransition } from "../alerting/index.ts";
import { search } from "../audit/index.ts";
import type { Tx } from "../platform/database.ts";
import { createTestDatabase, type TestDatabase, testClock, testCtx } from "../platform/testing.ts";
import type { RolloutEvent, RolloutFacts } from "../rollout/index.ts";
import {
  followAlert,
  followRollout,
  getIncident,
  incidentRoutes,
  listIncidents,
  QUIET_AFTER_ROLLBACK_MS,
  resolve,
  resolveQuiet,
} from "./index.ts";

let t: TestDatabase;
let clock: ReturnType<typeof testClock>;
let serial: number;
let holds: { incident: string; reason: string; tenant: string | null }[];
/** Every test is a tenant of its own. */
let tenant = 0;
beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t.close());
beforeEach(() => {
  clock = testClock();
  serial = 0;
  holds = [];
  tenant += 1;
});

const ctx = () => testCtx({ clock, tenant: `tenant-${tenant}` });
const tx = <T>(work: (tx: Tx) => Promise<T>) => t.db.tx(ctx(), work);
const text = (en: string) => ({ en, ja: `${en}(日本語)` });

function alert(
  alertId: string,
  from: AlertTransition["from"],
  to: AlertTransition["to"],
  rest: Partial<AlertTransition> = {},
) {
  clock.advance(1_000);
  const transition: AlertTransition = {
    id: `t${++serial}`,
    alertId,
    title: text(`Too many errors (${alertId})`),
    service: "bff",
    episode: "e1",
    from,
    to,
    fromLevel: from === "firing" ? "warning" : null,
    level: to === "firing" ? "critical" : null,
    severity: "critical",
    value: 0.2,
    impact: text("impact"),
    runbook: "errors",
    reason: text("because"),
    cause: null,
    preserve: false,
    at: clock.now(),
    ...rest,
  };
  return tx((x) =>
    followAlert(x, ctx(), transition, async (_tx, _ctx, hold) => {
      holds.push(hold);
    }),
  );
}
const rollout: RolloutFacts = {
  id: "r1",
  runId: "run1",
  kind: "deploy",
  service: "bff",
  version: "1.2.0",
  fromVersion: "1.1.0",
};
function told(
  event:
    | { kind: "started" | "failing" | "rolling-back" }
    | { kind: "ended"; result: Extract<RolloutEvent, { kind: "ended" }>["result"] },
) {
  clock.advance(1_000);
  const whole = {
    rollout,
    reason: text("3 of 10 failed."),
    key: `run1/${event.kind}`,
    ...event,
  } as RolloutEvent;
  return tx((x) => followRollout(x, ctx(), whole));
}
const incidents = () => tx((x) => listIncidents(x));

describe("incidents", () => {
  it("a critical alert opens one incident, which resolves with its last alert", async () => {
    await alert("errors", "pending", "firing");
    await alert("latency", "pending", "firing");
    await alert("errors", "firing", "resolved");
    expect(await incidents()).toMatchObject([{ state: "open", severity: "critical", service: "bff" }]);
    await alert("latency", "firing", "resolved");
    const [incident] = await incidents();
    expect(incident).toMatchObject({ state: "resolved" });
    expect(incident?.timeline.map((entry) => entry.text.en.split(":")[0])).toEqual([
      "Alert fired (critical)",
      "Alert fired (critical)",
      "Alert resolved",
      "Alert resolved",
      "Nothing keeps the incident open any more; it is resolved.",
    ]);
    expect(incident?.timeline[0]?.text.ja).toContain("アラート発生(緊急)");
  });

  it("alerts with similar names are told apart", async () => {
    await alert("error_rate", "pending", "firing");
    await alert("error-rate", "pending", "firing");
    await alert("error_rate", "firing", "resolved");
    expect(await incidents()).toMatchObject([{ state: "open" }]);
  });

  it("a medium alert opens none; when it becomes critical it does", async () => {
    await alert("errors", "pending", "firing", { severity: "medium", level: "warning" });
    expect(await incidents()).toEqual([]);
    await alert("errors", "firing", "firing");
    expect(await incidents()).toMatchObject([{ state: "open", severity: "critical" }]);
  });

  it("an alert marked so holds the audit log from the moment its incident opens, others never", async () => {
    await alert("errors", "pending", "firing");
    await alert("grants", "pending", "firing", { preserve: true, severity: "medium", level: "warning" });
    expect(holds).toEqual([]);
    await alert("grants", "firing", "firing", { preserve: true });
    const [incident] = await incidents();
    expect(holds).toEqual([{ incident: incident!.id, reason: "alert grants", tenant: null }]);
  });

  it("the timeline names the newest event behind an alert", async () => {
    const cause = {
      ...{ tenantId: "acme", correlationId: "corr-12345678", actorId: "person:~abc" },
      ...{ action: "person.role", resource: "person/~def", at: "2026-01-01T00:00:00.000000Z" },
    };
    await alert("grants", "pending", "firing", { cause });
    const [incident] = await incidents();
    for (const said of Object.values(incident!.timeline[0]!.text)) {
      for (const part of ["person.role", "person/~def", "person:~abc", "corr-12345678"]) {
        expect(said).toContain(part);
      }
    }
  });

  it("severity rises and never falls", async () => {
    await alert("latency", "pending", "firing", { severity: "high", level: "warning" });
    await alert("errors", "pending", "firing");
    await alert("latency", "firing", "firing", { severity: "high", level: "warning" });
    expect(await incidents()).toMatchObject([{ severity: "critical" }]);
  });

  it("a rollout that is rolled back and its alert are one incident with one timeline", async () => {
    await told({ kind: "started" });
    await told({ kind: "failing" });
    await alert("errors", "pending", "firing");
    await told({ kind: "rolling-back" });
    await told({ kind: "ended", result: "rolled-back" });
    await alert("errors", "firing", "resolved");
    expect(await incidents()).toMatchObject([{ state: "open" }]);
    clock.advance(QUIET_AFTER_ROLLBACK_MS);
    await tx((x) => resolveQuiet(x, ctx()));
    const all = await incidents();
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({
      state: "resolved",
      title: { en: "The rollout of bff 1.2.0 fails" },
      severity: "critical",
    });
    expect(all[0]?.timeline.map((entry) => entry.text.en.slice(0, 20))).toEqual([
      "The rollout of 1.2.0",
      "Alert fired (critica",
      "1.2.0 gets no traffi",
      "Rolled back from 1.2",
      "Alert resolved: Too ",
      "Nothing keeps the in",
    ]);
  });

  it("after a rollback the incident is not resolved before its quiet time, nor while an alert fires", async () => {
    await told({ kind: "ended", result: "rolled-back" });
    clock.advance(QUIET_AFTER_ROLLBACK_MS - 1);
    expect(await tx((x) => resolveQuiet(x, ctx()))).toEqual([]);
    await alert("errors", "pending", "firing");
    clock.advance(QUIET_AFTER_ROLLBACK_MS);
    expect(await tx((x) => resolveQuiet(x, ctx()))).toEqual([]);
    await alert("errors", "firing", "resolved");
    expect((await incidents())[0]?.state).toBe("resolved");
  });

  it("a fact that is told twice appears once", async () => {
    await told({ kind: "failing" });
    await told({ kind: "failing" });
    expect((await incidents())[0]?.timeline).toHaveLength(1);
  });

  it("a rollout that ended without a working state stays an incident until one succeeds", async () => {
    await told({ kind: "ended", result: "failed" });
    clock.advance(3_600_000);
    await tx((x) => resolveQuiet(x, ctx()));
    expect((await incidents())[0]?.state).toBe("open");
    await told({ kind: "ended", result: "succeeded" });
    expect((await incidents())[0]?.state).toBe("resolved");
  });

  it("a successful rollout opens nothing", async () => {
    await told({ kind: "started" });
    await told({ kind: "ended", result: "succeeded" });
    expect(await incidents()).toEqual([]);
  });

  it("a person can resolve it once; the record says who", async () => {
    await alert("errors", "pending", "firing");
    const [{ id } = { id: "" }] = await incidents();
    await tx((x) => resolve(x, ctx(), id, "false alarm"));
    await expect(tx((x) => resolve(x, ctx(), id, "again"))).rejects.toMatchObject({
      code: "incident_resolved",
    });
    const audit = await tx((x) => search(x, { resource: `incident/${id}` }));
    expect(audit.map((row) => [row.action, row.actorId])).toEqual([
      ["incident.resolve", "person:tester"],
      ["incident.open", "person:tester"],
    ]);
    // A new alert is a new incident.
    await alert("errors", "pending", "firing");
    expect(await incidents()).toHaveLength(2);
  });

  it("another tenant's incident is not found", async () => {
    await alert("errors", "pending", "firing");
    const [{ id } = { id: "" }] = await incidents();
    const other = testCtx({ tenant: "globex" });
    await expect(t.db.tx(other, (x) => getIncident(x, id))).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("the routes", () => {
  it("list incidents, show one with its timeline, and resolve it by hand", async () => {
    const server = Fastify();
    server.setValidatorCompiler(validatorCompiler);
    server.setSerializerCompiler(serializerCompiler);
    server.addHook("onRequest", async (request) => {
      request.ctx = ctx();
    });
    await server.register(incidentRoutes({ db: t.db }));
    await alert("errors", "pending", "firing");
    const [incident] = (await server.inject("/v1/incidents")).json().incidents;
    expect(incident).toMatchObject({ state: "open", service: "bff", resolvedAt: null });
    const url = `/v1/incidents/${incident.id}`;
    expect((await server.inject(url)).json().timeline).toHaveLength(1);
    expect((await server.inject({ method: "POST", url: `${url}/resolve`, body: {} })).statusCode).toBe(400);
    const resolved = await server.inject({ method: "POST", url: `${url}/resolve`, body: { note: "done" } });
    expect(resolved.json()).toMatchObject({ state: "resolved" });
    await server.close();
  });
});
