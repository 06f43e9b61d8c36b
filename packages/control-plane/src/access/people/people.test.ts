import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { search } from "../../audit/index.ts";
import type { Ctx } from "../../platform/ctx.ts";
import { createTestDatabase, type TestDatabase, testCtx } from "../../platform/testing.ts";
import type { Access } from "../authorize.ts";
import { createSignInLink, signIn } from "../sign-in.ts";
import { provisionTenant } from "../tenants/provision.ts";
import { addPerson, changePerson, erasePerson, listPeople, removePerson } from "./people.ts";

const ALICE = { id: "alice", name: "Alice Liddell", email: "alice@example.com" };
const MACHINE: Access = { level: 6, standing: "machine" };
const member = (level: Access["level"]): Access => ({ level, standing: "member" });

let t: TestDatabase;
let serial = 0;
let ctx: Ctx;
beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t.close());
beforeEach(async () => {
  const id = `tenant-${serial++}`;
  await provisionTenant(t.db, t.ctx, { id, name: id, administrator: ALICE });
  ctx = testCtx({ tenant: id, actor: { kind: "person", id: "tester" } });
});

const as = (id: string): Ctx => ({ ...ctx, actor: { kind: "person", id } });
const add = (id: string, level: Access["level"], access = MACHINE) =>
  t.db.tx(ctx, (tx) =>
    addPerson(tx, ctx, access, { id, name: `Name of ${id}`, email: `${id}@example.com`, level }),
  );
const change = (by: Ctx, access: Access, id: string, input: Parameters<typeof changePerson>[4]) =>
  t.db.tx(ctx, (tx) => changePerson(tx, by, access, id, input));
const remove = (by: Ctx, access: Access, id: string) =>
  t.db.tx(ctx, (tx) => removePerson(tx, by, access, id));
const levels = async () =>
  Object.fromEntries((await t.db.tx(ctx, listPeople)).map((person) => [person.id, person.level]));
const recorded = (action?: string) =>
  t.db.tx(ctx, (tx) => search(tx, action === undefined ? {} : { action }));

describe("people of a tenant", () => {
  it("a change of level is audited with both levels; names and addresses are nowhere in the record", async () => {
    await add("bob", 2);
    await change(as("alice"), member(6), "bob", { level: 4, name: "Robert Tables" });
    expect(await levels()).toEqual({ alice: 6, bob: 4 });
    const [role] = await recorded("person.role");
    expect(role).toMatchObject({ class: "admin", resource: "person/bob", details: { from: 2, to: 4 } });
    await change(as("alice"), member(6), "bob", { level: 4 });
    expect(await recorded("person.role")).toHaveLength(1);
    const [update] = await recorded("person.update");
    expect(update).toMatchObject({ details: { fields: ["name"] } });
    await remove(as("alice"), member(6), "bob");
    expect(JSON.stringify(await recorded())).not.toMatch(/Robert|Name of|Liddell|example\.com/);
    const kept = await t.db.tx(ctx, (tx) => tx.query("SELECT value FROM toban.audit_personal"));
    expect(JSON.stringify(kept)).not.toMatch(/Robert|Name of|Liddell|example\.com/);
  });

  it("nobody gives, changes or takes away what is above them, or changes their own level", async () => {
    await add("bob", 5);
    await add("carol", 6);
    const bob = [as("bob"), member(5)] as const;
    await expect(add("dave", 6, member(5))).rejects.toMatchObject({ code: "level_above_own" });
    await expect(change(...bob, "carol", { level: 1 })).rejects.toMatchObject({ code: "level_above_own" });
    await expect(change(...bob, "carol", { name: "x" })).rejects.toMatchObject({ code: "level_above_own" });
    await expect(remove(...bob, "carol")).rejects.toMatchObject({ code: "level_above_own" });
    await expect(change(...bob, "bob", { level: 4 })).rejects.toMatchObject({ code: "own_level" });
    await expect(change(...bob, "bob", { level: 6 })).rejects.toMatchObject({ code: "own_level" });
    await expect(remove(as("carol"), member(6), "carol")).rejects.toMatchObject({ code: "own_level" });
    expect(await levels()).toEqual({ alice: 6, bob: 5, carol: 6 });
  });

  it("the last administrator stays, also when two go at the same time", async () => {
    await expect(change(ctx, MACHINE, "alice", { level: 5 })).rejects.toMatchObject({
      code: "last_administrator",
    });
    await expect(remove(ctx, MACHINE, "alice")).rejects.toMatchObject({ code: "last_administrator" });
    for (let round = 0; round < 5; round++) {
      await add("carol", 6).catch(() => change(ctx, MACHINE, "carol", { level: 6 }));
      await change(ctx, MACHINE, "alice", { level: 6 });
      const both = await Promise.allSettled([
        change(ctx, MACHINE, "alice", { level: 1 }),
        change(ctx, MACHINE, "carol", { level: 1 }),
      ]);
      expect(both.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    }
    expect(Object.values(await levels()).filter((level) => level === 6)).toHaveLength(1);
  });

  it("who is removed loses name, address and open links, is not listed, and can come back", async () => {
    await add("bob", 3);
    const link = await t.db.tx(ctx, (tx) => createSignInLink(tx, ctx, "bob"));
    await remove(ctx, MACHINE, "bob");
    expect(await levels()).toEqual({ alice: 6 });
    const [row] = await t.db.tx(ctx, (tx) =>
      tx.query("SELECT name, email FROM toban.people WHERE person_id = 'bob'"),
    );
    expect(row).toEqual({ name: "", email: null });
    await expect(t.db.tx(ctx, (tx) => signIn(tx, ctx, link))).rejects.toMatchObject({
      code: "sign_in_link_invalid",
    });
    await expect(change(ctx, MACHINE, "bob", { level: 2 })).rejects.toMatchObject({
      code: "person_not_found",
    });
    await add("bob", 1);
    expect(await levels()).toEqual({ alice: 6, bob: 1 });
    await expect(add("bob", 1)).rejects.toMatchObject({ code: "person_exists" });
  });

  it("a link of a removed person opens nothing", async () => {
    await add("bob", 3);
    await remove(ctx, MACHINE, "bob");
    const link = await t.db.tx(ctx, (tx) => createSignInLink(tx, ctx, "bob"));
    await expect(t.db.tx(ctx, (tx) => signIn(tx, ctx, link))).rejects.toMatchObject({
      code: "sign_in_link_invalid",
    });
  });

  it("a session tells whether its person was registered when it began", async () => {
    const sessionOf = async (id: string) => {
      const link = await t.db.tx(ctx, (tx) => createSignInLink(tx, ctx, id));
      return t.db.tx(ctx, (tx) => signIn(tx, ctx, link));
    };
    expect(await sessionOf("alice")).toEqual({ actorId: "alice", isMachine: false });
    expect(await sessionOf("root")).toEqual({ actorId: "root", isMachine: true });
  });

  it("an erased person leaves nothing behind, and only theirs", async () => {
    await add("bob", 3);
    await t.db.tx(ctx, (tx) => createSignInLink(tx, ctx, "bob"));
    expect(await t.db.tx(ctx, (tx) => erasePerson(tx, "bob"))).toBe(true);
    expect(await t.db.tx(ctx, (tx) => erasePerson(tx, "bob"))).toBe(false);
    expect(await levels()).toEqual({ alice: 6 });
    const links = await t.db.tx(ctx, (tx) => tx.query("SELECT 1 FROM toban.sign_in_links"));
    expect(links).toEqual([]);
  });

  it("bad ids and unknown departments are refused", async () => {
    await expect(add("no/slash", 1)).rejects.toMatchObject({ code: "person_id_invalid" });
    await expect(change(ctx, MACHINE, "alice", { department: "nowhere" })).rejects.toMatchObject({
      code: "department_not_found",
    });
  });
});
