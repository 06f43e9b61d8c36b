import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ctx } from "../../platform/ctx.ts";
import { createTestDatabase, type TestDatabase, testClock, testCtx } from "../../platform/testing.ts";
import { type AuditEvent, type AuditFilter, record, search, searchPage } from "../index.ts";

let t: TestDatabase;
const clock = testClock("2026-03-01T00:00:00.000Z");
const person = (id: string, correlationId = "c-1"): Ctx =>
  testCtx({ clock, actor: { kind: "person", id }, correlationId });
const task = testCtx({ clock, actor: { kind: "task", id: "seal" }, correlationId: "c-task" });

async function write(ctx: Ctx, event: Partial<AuditEvent> = {}): Promise<void> {
  clock.advance(1_000);
  await t.db.tx(ctx, (tx) =>
    record(tx, ctx, { action: "rollout.drain", resource: "service/a", result: "success", ...event }),
  );
}
const find = (filter: AuditFilter) => t.db.tx(task, (tx) => search(tx, filter));
const page = (filter: AuditFilter) => t.db.tx(task, (tx) => searchPage(tx, filter));
const shown = async (filter: AuditFilter) =>
  (await find(filter)).map((row) => `${row.actorId} ${row.action} ${row.resource} ${row.ts.slice(17, 19)}`);

beforeAll(async () => {
  t = await createTestDatabase();
  await write(person("alice"));
  await write(person("bob", "c-2"), { action: "rollout.end", result: "failure" });
  await write(person("alice", "c-3"), { action: "gate.override", resource: "service/b" });
  await write(task, { action: "definition.change", resource: "definition/main" });
  await write(person("bob", "c-4"), { action: "session.create", resource: "person/bob" });
  await write(person("alice", "c-5"), { action: "operation.denied", resource: "audit", result: "denied" });
});
afterAll(() => t.close());

describe("a search of the audit record", () => {
  const [a, b, c, d, e, f] = [
    "person:alice rollout.drain service/a 01",
    "person:bob rollout.end service/a 02",
    "person:alice gate.override service/b 03",
    "task:seal definition.change definition/main 04",
    "person:bob session.create person/bob 05",
    "person:alice operation.denied audit 06",
  ];
  const at = (second: number) => new Date(`2026-03-01T00:00:0${second}.000Z`);
  it.each<[string, AuditFilter, unknown[]]>([
    ["nothing: all, newest first", {}, [f, e, d, c, b, a]],
    ["a person", { actor: "person:alice" }, [f, c, a]],
    ["a task", { actor: "task:seal" }, [d]],
    ["nobody of the name", { actor: "person:carol" }, []],
    ["an action", { action: "rollout.end" }, [b]],
    ["all actions of a noun", { action: "rollout.*" }, [b, a]],
    ["a resource", { resource: "service/a" }, [b, a]],
    ["a person as resource", { resource: "person/bob" }, [e]],
    ["success", { result: "success" }, [e, d, c, a]],
    ["a refusal", { result: "denied" }, [f]],
    ["a class", { class: "auth" }, [f, e]],
    ["a class and a result", { class: "operation", result: "success" }, [c, a]],
    ["a correlation", { correlationId: "c-4" }, [e]],
    ["a time on", { from: at(5) }, [f, e]],
    ["before a time", { to: at(3) }, [b, a]],
    ["a person, a noun and a time", { actor: "person:alice", action: "rollout.*", from: at(1) }, [a]],
    ["a person and a class", { actor: "person:alice", class: "operation" }, [c, a]],
    ["a resource and a noun", { resource: "service/b", action: "rollout.*" }, []],
    ["a correlation and another's action", { correlationId: "c-1", action: "rollout.end" }, []],
  ])("by %s", async (_what, filter, expected) => {
    expect(await shown(filter)).toEqual(expected);
  });

  it("finds a person by the pseudonym too", async () => {
    const [row] = await t.db.tx(task, (tx) =>
      tx.query<{ actor_id: string }>("SELECT actor_id FROM toban.audit_events WHERE action = 'rollout.end'"),
    );
    expect(row!.actor_id).toMatch(/^person:~/);
    expect(await shown({ actor: row!.actor_id })).toEqual([e, b]);
  });

  it("finds a person's events of versions that wrote the name, too", async () => {
    const old = { ...task, tenant: "old" };
    const eve = { ...person("eve"), tenant: "old" };
    await t.db.tx(old, (tx) =>
      tx.query(
        `INSERT INTO toban.audit_events VALUES ('old', 'legacy', 'auth', 1, 'person:eve', 'session.create',
           'person/eve', 'success', 'c', NULL, '{}')`,
      ),
    );
    const found = (filter: AuditFilter) => t.db.tx(old, (tx) => search(tx, filter));
    expect(await found({ actor: "person:eve" })).toHaveLength(1);
    await t.db.tx(eve, (tx) =>
      record(tx, eve, { action: "session.create", resource: "person/eve", result: "success" }),
    );
    expect(await found({ actor: "person:eve" })).toHaveLength(2);
    expect(await found({ resource: "person/eve", action: "session.*" })).toHaveLength(2);
    expect(await found({ resource: "person/eve", actor: "person:eve", class: "auth" })).toHaveLength(2);
  });

  it("goes on from page to page, unmoved by what is added meanwhile", async () => {
    const pages: string[][] = [];
    let cursor: string | undefined;
    for (;;) {
      const { events, nextCursor } = await page({ class: "operation", limit: 2, cursor });
      pages.push(events.map((row) => row.ts.slice(17, 19)));
      await write(task, { action: "run.end", resource: "run/1" });
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    expect(pages).toEqual([["03", "02"], ["01"]]);
  });

  it("has no next page when the last one is exactly full", async () => {
    expect((await page({ actor: "person:alice", limit: 3 })).nextCursor).toBeNull();
    expect((await page({ actor: "person:alice", limit: 2 })).nextCursor).not.toBeNull();
  });

  it("pages through events of one microsecond without losing or repeating one", async () => {
    const still = { ...task, clock: { ...clock, nowMicros: () => 1_772_000_000_000_000n } };
    const other = { ...still, tenant: "still" };
    await t.db.tx(other, async (tx) => {
      for (let n = 0; n < 7; n++) {
        await record(tx, other, { action: "run.end", resource: `run/${n}`, result: "success" });
      }
    });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { events, nextCursor } = await t.db.tx(other, (tx) => searchPage(tx, { limit: 2, cursor }));
      seen.push(...events.map(({ resource }) => resource));
      cursor = nextCursor ?? undefined;
    } while (cursor);
    expect(seen.sort()).toEqual([..."0123456"].map((n) => `run/${n}`));
  });

  it("tells where an event is in the log, once it is sealed", async () => {
    const [row] = await find({ action: "rollout.end" });
    expect(row?.sealed).toBeNull();
    await t.db.tx(task, (tx) =>
      tx.query(
        `INSERT INTO toban.audit_leaves (tenant_id, class, seq, event_id, leaf) VALUES ('acme', 'operation', 7, $1, '')`,
        [row!.id],
      ),
    );
    expect((await find({ action: "rollout.end" }))[0]?.sealed).toEqual({ class: "operation", seq: 7 });
  });

  it("shows the bare commitment of a person whose values are gone", async () => {
    const ctx = { ...person("dora"), tenant: "erased", sourceIp: "192.0.2.1" };
    await t.db.tx(ctx, async (tx) => {
      await record(tx, ctx, { action: "session.create", resource: "person/dora", result: "success" });
      await tx.query("DELETE FROM toban.audit_personal");
    });
    const [row] = await t.db.tx(ctx, (tx) => search(tx, {}));
    expect([row?.actorId, row?.resource, row?.sourceIp]).toEqual([
      ...[
        expect.stringMatching(/^person:~/),
        expect.stringMatching(/^person\/~/),
        expect.stringMatching(/^~/),
      ],
    ]);
  });

  it.each<[string, AuditFilter, string]>([
    ["a cursor of somewhere else", { cursor: "abc" }, "audit_cursor_invalid"],
    ["a cursor that is no text", { cursor: "!" }, "audit_cursor_invalid"],
    [
      "a cursor without an end",
      { cursor: Buffer.from("1772000000000000/").toString("base64url") },
      "audit_cursor_invalid",
    ],
    ["a noun that is none", { action: "nothing.*" }, "audit_filter_invalid"],
    ["half a noun", { action: "roll*" }, "audit_filter_invalid"],
    ["a time that ends before it begins", { from: at(2), to: at(2) }, "audit_filter_invalid"],
    ["no events", { limit: 0 }, "audit_filter_invalid"],
    ["too many events", { limit: 1_001 }, "audit_filter_invalid"],
  ])("refuses %s", async (_what, filter, code) => {
    await expect(page(filter)).rejects.toMatchObject({ kind: "invalid", code });
  });
});
