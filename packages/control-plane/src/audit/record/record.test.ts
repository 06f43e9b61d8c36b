import { parseCanonical } from "@toban/verify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase, testCtx } from "../../platform/testing.ts";
import { type AuditEvent, record, search } from "../index.ts";
import { forgetPseudonyms, newPersonal, pseudonymOf, rememberPseudonyms } from "./pseudonyms.ts";

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
        action: "rollout.drain",
        resource: "service/bff",
        result: "success",
      }),
    );
    const [row] = await t.db.tx(t.ctx, (tx) => search(tx, { action: "rollout.drain" }));
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
        action: "rollout.end",
        resource: "x/1",
        result: "success",
      });
      throw new Error("the change failed");
    });
    await expect(work).rejects.toThrow("the change failed");
    expect(await t.db.tx(t.ctx, (tx) => search(tx, { action: "rollout.end" }))).toEqual([]);
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

  describe("what the catalogue does not allow is refused before anything is written", () => {
    const event = { action: "rollout.drain", resource: "service/x", result: "success" } as const;
    const refused = [
      ["an action that is not in it", { ...event, action: "rollout.unheard" }, "audit_action_unknown"],
      ["a name of every object", { ...event, action: "constructor" }, "audit_action_unknown"],
      ["a detail that is not in it", { ...event, details: { name: "x" } }, "audit_details_invalid"],
      ["a number for a text", { ...event, details: { version: 1 } }, "audit_details_invalid"],
      ["a list for a text", { ...event, details: { version: ["1"] } }, "audit_details_invalid"],
      ["another class", { ...event, class: "access" as const }, "audit_details_invalid"],
      [
        "a text in a map of numbers",
        { ...event, action: "rollout.weights", details: { weights: { "1.0.0": "100" } } },
        "audit_details_invalid",
      ],
      [
        "a field that an object does not have",
        { ...event, action: "rollout.judge", details: { reason: { en: "a", fr: "b" } } },
        "audit_details_invalid",
      ],
      [
        "a text for a list",
        { ...event, action: "proof.run", details: { commitments: "RF-001" } },
        "audit_details_invalid",
      ],
      ["no resource", { ...event, resource: "" }, "audit_event_incomplete"],
      ["a result of its own", { ...event, result: "ok" as "success" }, "audit_event_incomplete"],
    ] as const;
    it.each(refused)("%s", async (_what, broken, code) => {
      const mine = testCtx({ tenant: code.replaceAll("_", "-") });
      const work = t.db.tx(mine, async (tx) => {
        await tx.query("INSERT INTO toban.tenants (tenant_id, name, created_at) VALUES ($1, 'x', now())", [
          mine.tenant,
        ]);
        await record(tx, mine, broken as AuditEvent);
      });
      await expect(work).rejects.toMatchObject({ kind: "bug", code });
      expect(await t.db.tx(mine, (tx) => search(tx, {}))).toEqual([]);
      expect(await t.db.tx(mine, (tx) => tx.query("SELECT FROM toban.tenants"))).toEqual([]);
    });

    it("null and undefined say that there is none, in every type", async () => {
      const details = { run: null, weights: null, candidate: undefined, weight: Number.NaN };
      const mine = testCtx({ tenant: "nulls" });
      await t.db.tx(mine, (tx) => record(tx, mine, { ...event, action: "rollout.weights", details }));
      const [row] = await t.db.tx(mine, (tx) => search(tx, {}));
      expect(row?.details).toEqual({ run: null, weights: null, weight: null });
    });
  });

  it("a text is masked, cut, and without characters that JSON stores refuse", async () => {
    const mine = testCtx({ tenant: "texts" });
    const reason = `password=hunter2 \0 \ud800 ${"x".repeat(5_000)}`;
    await t.db.tx(mine, (tx) =>
      record(tx, mine, {
        action: "rollout.rollback",
        resource: "service/x",
        result: "success",
        details: { reason },
      }),
    );
    const [row] = await t.db.tx(mine, (tx) => search(tx, {}));
    const stored = row?.details.reason as string;
    expect(stored).not.toContain("hunter2");
    expect(stored).toMatch(/ \u{FFFD} \u{FFFD} x+…$/u);
    expect(stored.length).toBeLessThan(4_100);
  });
});

describe("what is stored of a person", () => {
  const alice = testCtx({
    tenant: "pseudonyms",
    actor: { kind: "person", id: "alice" },
    sourceIp: "192.0.2.7",
  });
  const stored = () =>
    t.db.tx(alice, (tx) =>
      tx.query<{ leaf: Buffer; source_ip: string; actor_id: string; details: object; text: string }>(
        `SELECT q.leaf, e.*, e::text AS text FROM toban.audit_events e
         JOIN toban.audit_queue q ON q.tenant_id = e.tenant_id AND q.event_id = e.id ORDER BY q.position`,
      ),
    );

  it("is a pseudonym and commitments, the same in the columns and in the canonical bytes", async () => {
    const event = { action: "person.create", resource: "person/bob", result: "success" } as const;
    const details = { name: "Bob Tanaka", email: "bob@example.com", roleLevel: 2 };
    await t.db.tx(alice, async (tx) => {
      await record(tx, alice, { ...event, details });
      await record(tx, alice, { ...event, details });
      await record(tx, alice, {
        action: "erasure.complete",
        resource: "erasure/1",
        result: "success",
        details: { requestedBy: "person:bob" },
      });
    });
    const rows = await stored();
    for (const row of rows) {
      const leaf = parseCanonical(row.leaf) as Record<string, unknown>;
      expect(row.text + row.leaf).not.toMatch(/alice|bob|Tanaka|192\.0/i);
      expect(leaf).toMatchObject({
        actorId: row.actor_id,
        sourceIp: row.source_ip,
        details: row.details,
        v: 1,
      });
      expect(Object.keys(leaf)).toHaveLength(12);
    }
    const [first, second, third] = rows;
    expect(second?.actor_id).toBe(first?.actor_id);
    expect(second?.source_ip).not.toBe(first?.source_ip);
    expect(second?.details).not.toEqual(first?.details);
    const shown = await t.db.tx(alice, (tx) => search(tx, { actor: "person:alice" }));
    expect(shown[1]).toMatchObject({
      ...{ actorId: "person:alice", resource: "person/bob", sourceIp: "192.0.2.7", details },
    });
    expect(shown[0]?.details).toEqual({ requestedBy: "person:bob" });
    expect(third?.details).toEqual({ requestedBy: expect.stringMatching(/^person:~/) });
    expect(await t.db.tx(alice, (tx) => search(tx, { resource: "person/bob" }))).toHaveLength(2);
  });

  it("with half a character in it is kept with a replacement, and found by it", async () => {
    const odd = testCtx({ tenant: "odd", actor: { kind: "person", id: "yuki\ud83d" }, sourceIp: "\udc00" });
    await t.db.tx(odd, async (tx) => {
      await record(tx, odd, {
        action: "person.create",
        resource: "person/bo\ud800b",
        result: "success",
        details: { name: "Bo\udfffb", email: "b@example.com", roleLevel: 2 },
      });
      const pseudonym = await pseudonymOf(tx, odd, odd.actor.id);
      expect(pseudonym).toBe(await pseudonymOf(tx, odd, "yuki\ufffd"));
      const [event] = await search(tx, { actor: "person:yuki\ufffd" });
      expect(event).toMatchObject({
        ...{ actorId: "person:yuki\ufffd", resource: "person/bo\ufffdb", sourceIp: "\ufffd" },
        details: { name: "Bo\ufffdb" },
      });
      // Also where nobody was named before.
      expect(await pseudonymOf(tx, odd, "new\ud83d")).toMatch(/^~/);
    });
    const salts = await t.db.tx(odd, (tx) =>
      tx.query("SELECT FROM toban.audit_personal WHERE octet_length(salt) = 32"),
    );
    expect(salts).toHaveLength(6);
    const short = t.db.tx(odd, (tx) =>
      tx.query(
        `INSERT INTO toban.audit_personal (tenant_id, commitment, kind, subject, value, salt)
         VALUES ('odd', '~' || repeat('A', 43), 'value', 'x', 'x', $1)`,
        [Buffer.alloc(31)],
      ),
    );
    await expect(short).rejects.toThrow("audit_personal_salt_check");
  });

  it("belongs to the person it is about", async () => {
    const rows = await t.db.tx(alice, (tx) =>
      tx.query(
        "SELECT subject, value FROM toban.audit_personal WHERE kind = 'value' ORDER BY value, subject",
      ),
    );
    expect(rows).toContainEqual({ subject: "bob", value: "Bob Tanaka" });
    expect(rows).toContainEqual({ subject: "alice", value: "192.0.2.7" });
  });

  const drain = { action: "rollout.drain", resource: "service/x", result: "success" } as const;

  it("a pseudonym that was rolled back, or erased by somebody else, is not used again", async () => {
    const carol = testCtx({ tenant: "stale", actor: { kind: "person", id: "carol" } });
    const lost = t.db.tx(carol, async (tx) => {
      await record(tx, carol, drain);
      throw new Error("taken back");
    });
    await expect(lost).rejects.toThrow("taken back");
    const pseudonym = async () => {
      await t.db.tx(carol, (tx) => record(tx, carol, drain));
      const [row] = await t.db.tx(carol, (tx) =>
        tx.query<{ actor_id: string }>("SELECT actor_id FROM toban.audit_events ORDER BY id DESC LIMIT 1"),
      );
      return row!.actor_id;
    };
    const first = await pseudonym();
    expect(await pseudonym()).toBe(first);
    await t.db.tx(carol, (tx) => tx.query("DELETE FROM toban.audit_personal"));
    const second = await pseudonym();
    expect(second).not.toBe(first);
    const actors = (await t.db.tx(carol, (tx) => search(tx, {}))).map(({ actorId }) => actorId);
    expect(actors).toEqual(["person:carol", first, first]);
  });

  it("a person has one pseudonym in all processes, also in one that remembers a wrong one", async () => {
    const gina = testCtx({ tenant: "processes", actor: { kind: "person", id: "gina" } });
    const act = () => t.db.tx(gina, (tx) => record(tx, gina, drain));
    await act();
    // As in a process that has just been started, and in one whose pseudonym somebody else has erased.
    forgetPseudonyms(gina.tenant, ["gina"]);
    await act();
    const gone = newPersonal("person", "gina", "gina").commitment;
    rememberPseudonyms(gina.tenant, { of: new Map([["gina", gone]]), known: [gone], made: [] });
    await act();
    const actors = await t.db.tx(gina, (tx) => tx.query("SELECT DISTINCT actor_id FROM toban.audit_events"));
    expect(actors).toHaveLength(1);
  });

  it("two transactions that name two new people crosswise, both still open, both commit", async () => {
    const as = (id: string) => testCtx({ tenant: "crosswise", actor: { kind: "person", id } });
    let open = () => {};
    const both = new Promise<void>((resolve) => {
      open = resolve;
    });
    let begun = 0;
    const work = (order: [string, string]) =>
      t.db.tx(as("x"), async (tx) => {
        await record(tx, as(order[0]), drain);
        if (++begun === 2) open();
        await both;
        await record(tx, as(order[1]), drain);
      });
    await Promise.all([work(["dan", "erin"]), work(["erin", "dan"])]);
    for (const actor of ["person:dan", "person:erin"]) {
      expect(await t.db.tx(as("x"), (tx) => search(tx, { actor }))).toHaveLength(2);
    }
  });

  it("a new person costs two statements, a known one costs one", async () => {
    const frank = testCtx({ tenant: "trips", actor: { kind: "person", id: "frank" }, sourceIp: "192.0.2.1" });
    const trips = () =>
      t.db.tx(frank, async (tx) => {
        let count = 0;
        await record(
          {
            query: (sql, parameters) => {
              count++;
              return tx.query(sql, parameters);
            },
          },
          frank,
          drain,
        );
        return count;
      });
    expect([await trips(), await trips()]).toEqual([2, 1]);
  });
});
