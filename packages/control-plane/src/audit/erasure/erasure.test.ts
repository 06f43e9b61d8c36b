import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { erasePerson } from "../../access/index.ts";
import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import { createTestDatabase, type TestDatabase, testCtx } from "../../platform/testing.ts";
import { record, search } from "../index.ts";
import { openHold, releaseHold, shownHolds } from "../retention/hold.ts";
import { requestVerification, shownRuns, type VerificationDeps } from "../verification/runs.ts";
import { createErasures, type Erasures } from "./index.ts";

let t: TestDatabase;
let home: string;
let tenant: string;
let number = 0;
beforeAll(async () => {
  t = await createTestDatabase();
  home = await mkdtemp(path.join(tmpdir(), "toban-erasures-"));
});
afterAll(async () => {
  await t.close();
  await rm(home, { recursive: true, force: true });
});
beforeEach(async () => {
  tenant = `tenant-${++number}`;
  await t.db.tx({ tenant }, async (tx) => {
    await tx.query(
      `INSERT INTO toban.departments (tenant_id, department_id, name, created_at) VALUES ($1, 'root', 'Root', now())`,
      [tenant],
    );
    await tx.query(
      `INSERT INTO toban.people (tenant_id, person_id, name, email, role_level, department_id, created_at)
       VALUES ($1, 'alice', 'Alice', 'alice@example.com', 2, 'root', now())`,
      [tenant],
    );
  });
});

const as = (id: string): Ctx => testCtx({ tenant, actor: { kind: "person", id }, sourceIp: "192.0.2.9" });
const act = (id: string) =>
  t.db.tx(as(id), (tx) =>
    record(tx, as(id), { action: "session.create", resource: `person/${id}`, result: "success" }),
  );
const erasuresOf = (db: Database = t.db): Erasures => {
  const mine = tenant;
  return createErasures({
    ...{ db, folder: path.join(home, mine), key: "key", erasePerson },
    tenants: async () => [mine],
    ctxFor: (name) => testCtx({ tenant: name, actor: { kind: "task", id: "control-plane" } }),
  });
};
const query = <Row extends object>(sql: string) => t.db.tx({ tenant }, (tx) => tx.query<Row>(sql));
const personal = () => query<{ value: string; subject: string }>("SELECT * FROM toban.audit_personal");
const aboutAlice = async () => ({
  values: (await personal()).filter(({ subject }) => subject === "alice").length,
  people: (await query("SELECT FROM toban.people WHERE person_id = 'alice'")).length,
});
const leaves = () => query("SELECT event_id, leaf FROM toban.audit_queue ORDER BY position");
const actions = async () =>
  (await t.db.tx({ tenant }, (tx) => search(tx, { action: "erasure.*" }))).map(({ action }) => action);
const ledgerText = () => readFile(path.join(home, tenant, `${tenant}.jsonl`), "utf8");
const NOTHING = { values: 0, people: 0 };

describe("an erasure", () => {
  it("removes what was known of the person, leaves the log as it is, and names nobody", async () => {
    await act("alice");
    await act("bob");
    const sealed = await leaves();
    const erasure = await erasuresOf().request(as("bob"), "person:alice");
    expect(erasure).toMatchObject({ state: "done", requestedBy: "person:bob" });
    expect(erasure.removed).toBe(3);
    expect(erasure.completedAt!.getTime()).toBeGreaterThanOrEqual(erasure.requestedAt.getTime());
    expect(await aboutAlice()).toEqual(NOTHING);
    expect((await leaves()).slice(0, sealed.length)).toEqual(sealed);

    const events = await t.db.tx({ tenant }, (tx) => search(tx, {}));
    const [complete, request, bobs, alices] = events;
    expect(alices?.actorId).toMatch(/^person:~/);
    expect(alices?.sourceIp).toMatch(/^~/);
    expect(bobs).toMatchObject({ actorId: "person:bob", sourceIp: "192.0.2.9" });
    expect(request).toMatchObject({ action: "erasure.request", class: "admin", actorId: "person:bob" });
    expect(complete).toMatchObject({
      ...{ action: "erasure.complete", class: "admin", resource: `erasure/${erasure.id}` },
      details: {
        ...{ requestedBy: "person:bob", removed: 3 },
        ...{
          requestedAt: erasure.requestedAt.toISOString(),
          completedAt: erasure.completedAt!.toISOString(),
        },
      },
    });
    const rows = await query<{ row: string }>("SELECT e::text AS row FROM toban.erasures e");
    expect(JSON.stringify([complete, request, rows]) + (await ledgerText())).not.toContain("alice");
  });

  it("takes the name out of holds and verifications too", async () => {
    const shown = () =>
      t.db.tx({ tenant }, async (tx) => {
        const holds = await shownHolds(tx, 10);
        const runs = await shownRuns(tx, { limit: 10 });
        const alone = (await Promise.all(runs.map(({ id }) => shownRuns(tx, { id })))).flat();
        return [...holds, ...runs, ...alone].flatMap((row) =>
          "createdBy" in row ? [row.createdBy, row.releasedBy] : [row.requestedBy],
        );
      });
    const id = await t.db.tx(as("alice"), (tx) => openHold(tx, as("alice"), { reason: "audit" }));
    expect(await shown()).toEqual(["person:alice", null]);
    await t.db.tx(as("alice"), (tx) => releaseHold(tx, as("alice"), id, "over"));
    await requestVerification({ db: t.db } as VerificationDeps, as("alice"));
    expect(await shown()).toEqual(Array(4).fill("person:alice"));
    await erasuresOf().request(as("bob"), "alice");
    expect(await shown()).toEqual(Array(4).fill(expect.stringMatching(/^person:~[A-Za-z0-9_-]{43}$/)));
    const stored = await query<{ row: string }>(
      "SELECT h::text AS row FROM toban.audit_holds h UNION ALL SELECT r::text FROM toban.audit_verification_runs r",
    );
    expect(stored).toHaveLength(2);
    expect(JSON.stringify(stored)).not.toContain("alice");
  });

  it("of oneself leaves no pseudonym behind either", async () => {
    await act("alice");
    const erasure = await erasuresOf().request(as("alice"), "alice");
    expect(erasure.requestedBy).toMatch(/^person:~/);
    expect(await aboutAlice()).toEqual(NOTHING);
  });

  it("asked again is the same one, until something new is known", async () => {
    await act("alice");
    const erasures = erasuresOf();
    const first = await erasures.request(as("bob"), "alice");
    expect(await erasures.request(as("bob"), "alice")).toEqual(first);
    await act("alice");
    const second = await erasures.request(as("bob"), "alice");
    expect(second.id).not.toBe(first.id);
    expect((await erasures.list(as("bob"))).map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(await aboutAlice()).toEqual(NOTHING);
  });

  it("whoever comes back is somebody new, and is not erased again", async () => {
    await act("alice");
    const erasures = erasuresOf();
    await erasures.request(as("bob"), "alice");
    await act("alice");
    await erasures.replay();
    await erasures.task.run();
    expect((await aboutAlice()).values).toBe(2);
    const actors = (await t.db.tx({ tenant }, (tx) => search(tx, { action: "session.create" }))).map(
      ({ actorId }) => actorId,
    );
    expect(actors).toEqual(["person:alice", expect.stringMatching(/^person:~/)]);
  });

  it("reaches a value that a transaction commits afterwards", async () => {
    await act("alice");
    const erasures = erasuresOf();
    let open = () => {};
    const begun = new Promise<void>((resolve) => {
      open = resolve;
    });
    const late = t.db.tx(as("alice"), async (tx) => {
      await record(tx, as("alice"), { action: "session.end", resource: "person/alice", result: "success" });
      open();
      await erasures.request(as("bob"), "alice");
    });
    await begun;
    await late;
    expect((await aboutAlice()).values).toBeGreaterThan(0);
    await erasures.task.run();
    expect(await aboutAlice()).toEqual(NOTHING);
  });

  it("waits while a legal hold is open, and is done when it is released", async () => {
    await act("alice");
    await query(`INSERT INTO toban.audit_holds (tenant_id, id, reason, created_by, created_at)
                 VALUES ('${tenant}', 'h', 'claim', 'person:~', now())`);
    const erasures = erasuresOf();
    const held = await erasures.request(as("bob"), "alice");
    expect(held).toMatchObject({ state: "held", completedAt: null });
    expect(await erasures.request(as("bob"), "alice")).toEqual(held);
    await erasures.task.run();
    expect(await aboutAlice()).toEqual({ values: 2, people: 1 });
    await query("UPDATE toban.audit_holds SET released_at = now()");
    await erasures.task.run();
    const [done] = await erasures.list(as("bob"));
    expect(done).toMatchObject({ id: held.id, state: "done", removed: 3 });
    expect(done!.completedAt!.getTime()).toBeGreaterThan(done!.requestedAt.getTime());
    expect(await aboutAlice()).toEqual(NOTHING);
  });

  it.each(["", "person:", "a\0b", "x".repeat(201)])("refuses %j as a subject", async (subject) => {
    await expect(erasuresOf().request(as("bob"), subject)).rejects.toMatchObject({
      code: "erasure_subject_invalid",
    });
  });
});

describe("a restored database", () => {
  /** Everything personal, as a backup has it. */
  const backup = async () => ({
    personal: await personal(),
    people: await query<object>("SELECT * FROM toban.people"),
  });
  const restore = (saved: Awaited<ReturnType<typeof backup>>, alsoErasures: boolean) =>
    t.db.tx({ tenant }, async (tx) => {
      for (const [table, rows] of [
        ["audit_personal", saved.personal],
        ["people", saved.people],
      ] as const) {
        await tx.query(`DELETE FROM toban.${table}`);
        for (const row of rows) {
          const names = Object.keys(row);
          await tx.query(
            `INSERT INTO toban.${table} (${names}) VALUES (${names.map((_, index) => `$${index + 1}`)})`,
            Object.values(row),
          );
        }
      }
      if (alsoErasures) await tx.query("UPDATE toban.erasures SET completed_at = NULL, removed = NULL");
    });

  it.each([
    ["of before the request was known complete", true],
    ["that has the erasure's row", false],
  ])("%s does not bring anybody back", async (_what, alsoErasures) => {
    await act("alice");
    await act("bob");
    const saved = await backup();
    const { id, completedAt } = await erasuresOf().request(as("bob"), "alice");
    await restore(saved, alsoErasures);
    expect(await aboutAlice()).toEqual({ values: 2, people: 1 });

    const erasures = erasuresOf();
    expect(erasures.problem()).toMatch(/not been replayed/);
    await erasures.replay();
    expect(erasures.problem()).toBeNull();
    expect(await aboutAlice()).toEqual(NOTHING);
    expect((await personal()).some(({ value }) => value === "bob")).toBe(true);
    expect((await actions())[0]).toBe("erasure.replay");
    expect(await erasures.list(as("bob"))).toEqual([
      expect.objectContaining({ id, completedAt, state: "done" }),
    ]);
    const before = await actions();
    await erasures.replay();
    expect(await actions()).toEqual(before);
  });

  it("is not served while the ledger cannot be read", async () => {
    await act("alice");
    await erasuresOf().request(as("bob"), "alice");
    await writeFile(path.join(home, tenant, `${tenant}.jsonl`), "not a ledger\n");
    const erasures = erasuresOf();
    await expect(erasures.replay()).rejects.toMatchObject({ code: "erasure_ledger_damaged" });
    expect(erasures.problem()).not.toBeNull();
  });

  it("gets its ledger back as far as it knows it, when that was lost", async () => {
    await act("alice");
    const { id } = await erasuresOf().request(as("bob"), "alice");
    await rm(path.join(home, tenant), { recursive: true });
    await erasuresOf().replay();
    expect(await ledgerText()).toContain(id);
  });
});

describe("a process that dies in the middle", () => {
  /** A database that is lost, with the process, at the nth commit: before it or after it. */
  const dying = (commit: number, when: "before" | "after"): Database => {
    let commits = 0;
    return {
      ...t.db,
      async tx(ctx, work) {
        const isLast = ++commits === commit;
        const result = await t.db.tx(ctx, async (tx) => {
          const done = await work(tx);
          if (isLast && when === "before") throw new Error("killed");
          return done;
        });
        if (isLast) throw new Error("killed");
        return result;
      },
    };
  };

  it.each([
    ["after the ledger's line, before the request is in the database", 1, "before"],
    ["after the request is in the database", 1, "after"],
    ["before the removal is committed", 2, "before"],
    ["after the removal is committed, before the ledger's second line", 2, "after"],
  ] as const)("%s: the next start finishes", async (_where, commit, when) => {
    await act("alice");
    await expect(erasuresOf(dying(commit, when)).request(as("bob"), "alice")).rejects.toThrow("killed");
    expect(await ledgerText()).not.toContain(`"completedAt":"`);
    const erasures = erasuresOf();
    await erasures.replay();
    expect(await aboutAlice()).toEqual(NOTHING);
    expect(await erasures.list(as("bob"))).toEqual([expect.objectContaining({ state: "done" })]);
    expect((await ledgerText()).trim().split("\n").at(-1)).toContain(`"completedAt":"`);
    expect((await actions()).filter((action) => action === "erasure.complete")).toHaveLength(1);
    await erasures.replay();
    expect((await ledgerText()).trim().split("\n")).toHaveLength(2);
  });

  it("before the ledger's line: nothing was asked, and nothing is erased", async () => {
    await act("alice");
    const folder = path.join(home, tenant);
    await writeFile(folder, "in the way of the ledger's folder");
    await expect(erasuresOf().request(as("bob"), "alice")).rejects.toThrow();
    await rm(folder);
    const erasures = erasuresOf();
    await erasures.replay();
    expect(await erasures.list(as("bob"))).toEqual([]);
    expect((await aboutAlice()).values).toBe(2);
  });
});
