import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { search } from "../../audit/index.ts";
import { createTestDatabase, type TestDatabase, testClock } from "../../platform/testing.ts";
import { listPeople } from "../people/people.ts";
import { deleteTenant, KEPT_AFTER_DELETION_MS, resumeTenant, suspendTenant, undeleteTenant } from "./life.ts";
import { provisionOwnTenant, provisionTenant } from "./provision.ts";
import { purgeTenants, receiptOf } from "./purge.task.ts";
import { listTenants, listTenantsWithRecords, selectTenants } from "./store.ts";
import { openTombstones, replayDeletions } from "./tombstones.ts";

let t: TestDatabase;
beforeAll(async () => {
  t = await createTestDatabase();
  await provisionOwnTenant(t.db, t.ctx, "Own");
});
afterAll(() => t.close());

const DAY_MS = 24 * 3_600_000;
let clock = testClock();
let ctx: TestDatabase["ctx"];
beforeEach(() => {
  clock = testClock();
  ctx = { ...t.ctx, clock };
});

const administrator = { id: "alice", name: "Alice Liddell", email: "alice@example.com" };
const request = (id: string) => ({ id, name: `Tenant ${id}`, administrator });
const provision = (id: string) => provisionTenant(t.db, ctx, request(id));
const stateOf = async (id: string) => (await selectTenants(t.db)).find((tenant) => tenant.id === id)?.state;
const events = (tenant: string, action: string, resource: string) =>
  t.db.tx({ tenant }, (tx) => search(tx, { action, resource }));

/** Rows of the tenant by table, whatever tables there are. */
async function rowsOf(tenant: string): Promise<Record<string, number>> {
  return t.db.tx({ tenant }, async (tx) => {
    const tables = await tx.query<{ name: string }>(
      `SELECT c.table_name AS name FROM information_schema.columns c
       WHERE c.table_schema = 'toban' AND c.column_name = 'tenant_id'`,
    );
    const counts: Record<string, number> = {};
    for (const { name } of tables) {
      const [row] = await tx.query<{ n: number }>(
        `SELECT count(*) AS n FROM toban.${name} WHERE tenant_id = $1`,
        [tenant],
      );
      if (row!.n > 0) counts[name] = row!.n;
    }
    return counts;
  });
}

describe("provisioning", () => {
  it("makes the organization, its administrator and the root department; twice changes nothing", async () => {
    expect(await provision("first")).toMatchObject({ created: true, tenant: { state: "active" } });
    const rows = await rowsOf("first");
    expect(rows).toMatchObject({ tenants: 1, departments: 1, people: 1 });
    expect(await provision("first")).toMatchObject({ created: false });
    expect(await rowsOf("first")).toEqual(rows);
    expect(await t.db.tx({ tenant: "first" }, listPeople)).toMatchObject([
      { id: "alice", level: 6, department: "root" },
    ]);
    for (const tenant of ["first", "acme"]) {
      expect(await events(tenant, "tenant.create", "tenant/first")).toHaveLength(1);
    }
  });

  it("at the same time it is made once", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => provision("race")));
    expect(answers.filter((answer) => answer.created)).toHaveLength(1);
    expect(await rowsOf("race")).toMatchObject({ tenants: 1, departments: 1, people: 1 });
    expect(await events("acme", "tenant.create", "tenant/race")).toHaveLength(1);
  });

  it("another name or another administrator is a conflict; names and addresses stay out of the record", async () => {
    await provision("taken");
    for (const change of [
      { name: "Other" },
      { administrator: { ...administrator, id: "bob" } },
      { administrator: { ...administrator, email: "other@example.com" } },
    ]) {
      await expect(provisionTenant(t.db, ctx, { ...request("taken"), ...change })).rejects.toMatchObject({
        kind: "conflict",
        code: "tenant_exists",
      });
    }
    const recorded = JSON.stringify(await t.db.tx({ tenant: "taken" }, (tx) => search(tx, {})));
    expect(recorded).toContain("person.create");
    expect(recorded).not.toMatch(/Liddell|example\.com/);
  });

  it("bad and reserved ids are refused, and a failure in the middle leaves nothing", async () => {
    for (const id of ["", "Upper", "-a", "a b", "a".repeat(64), "system", "x'; DROP"]) {
      await expect(provision(id)).rejects.toMatchObject({ kind: "invalid" });
    }
    const long = { ...administrator, name: "x", id: "no/slash" };
    await expect(
      provisionTenant(t.db, ctx, { ...request("half"), administrator: long }),
    ).rejects.toMatchObject({ code: "person_id_invalid" });
    const broken = { ...ctx, newId: () => null as never };
    await expect(provisionTenant(t.db, broken, request("half"))).rejects.toThrow();
    expect(await stateOf("half")).toBeUndefined();
    expect(await rowsOf("half")).toEqual({});
  });

  it("the installation's own tenant has its operator; starting again changes nothing", async () => {
    const before = await rowsOf("acme");
    await provisionOwnTenant(t.db, ctx, "Another title");
    expect(await rowsOf("acme")).toEqual(before);
    expect(await t.db.tx({ tenant: "acme" }, listPeople)).toMatchObject([{ id: "operator", level: 6 }]);
  });
});

describe("the life of a tenant", () => {
  it("suspension and deletion take it from the tasks that act; its records are kept", async () => {
    await provision("life");
    await suspendTenant(t, ctx, "life");
    expect(await listTenants(t.db)).not.toContain("life");
    expect(await listTenantsWithRecords(t.db)).toContain("life");
    await resumeTenant(t, ctx, "life");
    expect(await listTenants(t.db)).toContain("life");
    await deleteTenant(t, ctx, "life");
    await deleteTenant(t, ctx, "life");
    expect(await listTenants(t.db)).not.toContain("life");
    expect(await listTenantsWithRecords(t.db)).toContain("life");
    for (const tenant of ["life", "acme"]) {
      expect(await events(tenant, "tenant.delete", "tenant/life")).toHaveLength(1);
    }
    await expect(suspendTenant(t, ctx, "life")).rejects.toMatchObject({ code: "tenant_deleted" });
    await expect(provision("life")).rejects.toMatchObject({ code: "tenant_id_used" });
  });

  it("it comes back as it was until the 30th day", async () => {
    await provision("back");
    await suspendTenant(t, ctx, "back");
    await deleteTenant(t, ctx, "back");
    clock.advance(KEPT_AFTER_DELETION_MS - 1);
    expect(await undeleteTenant(t, ctx, "back")).toMatchObject({ state: "suspended", deletedAt: null });
    await deleteTenant(t, ctx, "back");
    clock.advance(KEPT_AFTER_DELETION_MS);
    await expect(undeleteTenant(t, ctx, "back")).rejects.toMatchObject({ code: "tenant_purge_due" });
  });

  it("the own tenant cannot be stopped, and nobody else's id says anything", async () => {
    for (const change of [suspendTenant, deleteTenant]) {
      await expect(change(t, ctx, "acme")).rejects.toMatchObject({ code: "own_tenant" });
      for (const id of ["never", "system", "'"]) {
        await expect(change(t, ctx, id)).rejects.toMatchObject({ code: "tenant_not_found" });
      }
    }
  });
});

describe("a database restored from a backup", () => {
  const restored = (id: string) =>
    t.db.tx({ tenant: id }, (tx) =>
      tx.query("UPDATE toban.tenants SET state = 'active', deleted_at = NULL WHERE tenant_id = $1", [id]),
    );
  const tombstonesIn = async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "toban-tombstones-"));
    return { file: path.join(folder, "deleted.json"), folder };
  };

  it("brings no deleted tenant back: it is deleted again from its day on, and goes when it is due", async () => {
    const { file, folder } = await tombstonesIn();
    const tombstones = openTombstones(file);
    const deps = { db: t.db, tombstones };
    for (const id of ["lost", "kept", "undone"]) await provision(id);
    for (const id of ["lost", "undone"]) await deleteTenant(deps, ctx, id);
    await undeleteTenant(deps, ctx, "undone");
    const deletedAt = clock.now();
    clock.advance(10 * DAY_MS);
    await restored("lost");
    expect(await replayDeletions(t.db, ctx, openTombstones(file))).toEqual(["lost"]);
    expect(await replayDeletions(t.db, ctx, tombstones)).toEqual([]);
    const states = await selectTenants(t.db);
    expect(states.find(({ id }) => id === "lost")).toMatchObject({ state: "deleted", deletedAt });
    for (const id of ["kept", "undone"]) expect(await stateOf(id)).toBe("active");
    clock.advance(20 * DAY_MS);
    expect(await purgeTenants({ db: t.db, own: ctx })).toContain("lost");
    await rm(folder, { recursive: true });
  });

  it("a crash between database and file is made good; a damaged file is refused", async () => {
    const { file, folder } = await tombstonesIn();
    await provision("crashed");
    await deleteTenant(t, ctx, "crashed");
    await replayDeletions(t.db, ctx, openTombstones(file));
    expect((await openTombstones(file).read()).get("crashed")).toEqual(clock.now());
    await writeFile(file, '{"v":1,"deleted":{"crash');
    await expect(replayDeletions(t.db, ctx, openTombstones(file))).rejects.toMatchObject({
      code: "tombstones_damaged",
    });
    await rm(folder, { recursive: true });
  });
});

describe("physical removal", () => {
  const purge = (batch = 3) => purgeTenants({ db: t.db, own: ctx, batch });
  const deleted = async (id: string) => {
    await provision(id);
    await deleteTenant(t, ctx, id);
  };

  it("day 29 keeps every row, day 30 removes them all and leaves a receipt; the id is never given again", async () => {
    await deleted("goes");
    const rows = await rowsOf("goes");
    const others = await rowsOf("first");
    clock.advance(30 * DAY_MS - 1);
    expect(await purge()).not.toContain("goes");
    expect(await rowsOf("goes")).toEqual(rows);
    const deletedAt = new Date(clock.now().getTime() - 30 * DAY_MS + 1);
    clock.advance(1);
    expect(await purge()).toContain("goes");
    expect(await rowsOf("goes")).toEqual({ tenants: 1 });
    expect(await rowsOf("first")).toEqual(others);
    const { tenants: _, ...removed } = rows;
    const [receipt] = await events("acme", "tenant.purge", "tenant/goes");
    expect(receipt!.details).toEqual(
      receiptOf("goes", deletedAt, clock.now(), { heads: {}, rows: removed, done: true }),
    );
    expect(await purge()).not.toContain("goes");
    expect(await events("acme", "tenant.purge", "tenant/goes")).toHaveLength(1);
    await expect(provision("goes")).rejects.toMatchObject({ code: "tenant_id_used" });
    await expect(undeleteTenant(t, ctx, "goes")).rejects.toMatchObject({ code: "tenant_not_found" });
    expect(await listTenantsWithRecords(t.db)).not.toContain("goes");
  });

  it("several replicas at once, and a kill between batches, remove once and give one receipt", async () => {
    await deleted("many");
    const rows = await rowsOf("many");
    clock.advance(30 * DAY_MS);
    // Killed after its first batch: the connection that would make the second one is gone.
    let transactions = 0;
    const dying = {
      ...t.db,
      tx: ((c, work) => {
        if (c.tenant === "many" && ++transactions > 1) throw new Error("killed");
        return t.db.tx(c, work);
      }) as typeof t.db.tx,
    };
    await expect(purgeTenants({ db: dying, own: ctx, batch: 1 })).rejects.toThrow("killed");
    const left = await rowsOf("many");
    expect(left).not.toEqual(rows);
    expect(Object.keys(left)).not.toEqual(["tenants"]);
    await expect(undeleteTenant(t, { ...ctx, clock: testClock() }, "many")).rejects.toMatchObject({
      code: "tenant_purge_due",
    });
    const finished = await Promise.all([purge(1), purge(1), purge(1)]);
    expect(finished.flat().filter((id) => id === "many")).toHaveLength(1);
    expect(await rowsOf("many")).toEqual({ tenants: 1 });
    const [receipt, ...more] = await events("acme", "tenant.purge", "tenant/many");
    expect(more).toEqual([]);
    const { tenants: _, ...removed } = rows;
    expect(receipt!.details).toMatchObject({ rows: removed });
  });

  it("the receipt names the last heads of its audit trees", async () => {
    await deleted("heads");
    const root = Buffer.alloc(32, 7);
    await t.db.tx({ tenant: "heads" }, (tx) =>
      tx.query(
        `INSERT INTO toban.audit_trees (tenant_id, class, size, root, frontier, note, sealed_at)
         VALUES ('heads', 'admin', 2, $1, $1, '', now())`,
        [root],
      ),
    );
    clock.advance(30 * DAY_MS);
    await purge();
    const [receipt] = await events("acme", "tenant.purge", "tenant/heads");
    expect(receipt!.details).toMatchObject({ heads: { admin: { size: 2, root: root.toString("base64") } } });
  });

  it("a legal hold keeps it, without holding up the others", async () => {
    await deleted("held");
    await deleted("unheld");
    const hold = "INSERT INTO toban.audit_holds VALUES ('held', 'h', 'court', 'person:x', now())";
    await t.db.tx({ tenant: "held" }, (tx) => tx.query(hold));
    clock.advance(40 * DAY_MS);
    expect(await purge()).toEqual(["unheld"]);
    expect(await rowsOf("held")).toMatchObject({ people: 1, audit_holds: 1 });
    await t.db.tx({ tenant: "held" }, (tx) =>
      tx.query("UPDATE toban.audit_holds SET released_at = now() WHERE id = 'h'"),
    );
    expect(await purge()).toEqual(["held"]);
  });

  it("the database refuses an early removal, one of a living tenant and one with a clock set forward", async () => {
    const now = new Date();
    const ago = (days: number) => new Date(now.getTime() - days * DAY_MS);
    const call = (tenant: string, before: Date, at: Date) =>
      t.db.tx({ tenant }, (tx) => tx.query("SELECT toban.purge_tenant($1, $2, 10)", [before, at]));
    await provision("guarded");
    await expect(call("guarded", ago(30), now)).rejects.toMatchObject({ code: "TB004" });
    await deleteTenant(t, t.ctx, "guarded");
    const later = new Date(now.getTime() + 31 * DAY_MS);
    await expect(call("guarded", now, now)).rejects.toMatchObject({ code: "TB004" });
    await expect(call("guarded", later, later)).rejects.toMatchObject({ code: "TB004" });
    await expect(call("guarded", now, later)).rejects.toMatchObject({ code: "TB004" });
    expect(await rowsOf("guarded")).toMatchObject({ people: 1 });
  });

  it("the application's role can neither say that a tenant is purged nor delete one", async () => {
    const client = new pg.Client({ connectionString: t.appUrl });
    await client.connect();
    try {
      await client.query("SELECT set_config('toban.tenant', 'guarded', false)");
      for (const statement of [
        "UPDATE toban.tenants SET purged_at = now()",
        "UPDATE toban.tenants SET purge = '{}'",
        "DELETE FROM toban.tenants",
        "DELETE FROM toban.audit_events",
      ]) {
        await expect(client.query(statement)).rejects.toMatchObject({ code: "42501" });
      }
    } finally {
      await client.end();
    }
  });
});
