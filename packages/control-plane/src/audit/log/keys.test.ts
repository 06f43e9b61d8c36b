import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { openNote, readCertificate, splitNote } from "@toban/verify";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openSecrets, type Secrets } from "../../platform/secrets.ts";
import { createTestDatabase, type TestDatabase, testClock, testCtx } from "../../platform/testing.ts";
import { searchPage } from "../record/search.ts";
import { anchorTask } from "./anchor.ts";
import { OVERLAP_MS, openAuditKeys, rotateAuditKey } from "./keys.ts";
import { rotateKey } from "./rotate.ts";
import { seal } from "./seal.ts";
import { asSuperuser, createScene, recordMany, type Scene } from "./testing/scene.ts";

let t: TestDatabase;
let scene: Scene;
let secrets: Secrets;
let clock: ReturnType<typeof testClock>;
beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t?.close());
beforeEach(async () => {
  scene = await createScene(t.db);
  secrets = await openSecrets(scene.home);
  clock = testClock();
});
afterEach(async () => {
  await scene.close();
  await asSuperuser(t, (client) =>
    client.query(
      "TRUNCATE toban.audit_queue, toban.audit_events, toban.audit_leaves, toban.audit_trees, toban.audit_anchors",
    ),
  );
});

const ctx = () => testCtx({ clock });
const rotations = async () =>
  (await t.db.tx(ctx(), (tx) => searchPage(tx, { action: "audit.rotate_key" }))).events;
const open = () => scene.open({ clock });
/** The note of the tree after one more event, and the keys that signed it. */
async function sealedNote(log: Awaited<ReturnType<typeof open>>): Promise<string> {
  await recordMany(t.db, ctx(), 1);
  await seal(log, ctx());
  const [row] = await t.db.tx(ctx(), (tx) =>
    tx.query<{ note: string }>("SELECT note FROM toban.audit_trees WHERE class = 'operation'"),
  );
  return row!.note;
}

describe("the keys of an installation", () => {
  it("are made once and are the same for every process; the name comes from the first one and stays", async () => {
    const keys = await openAuditKeys(secrets, clock);
    expect(keys.installation).toMatch(/^toban-[0-9a-f]{8}$/);
    const again = await openAuditKeys(await openSecrets(scene.home), clock);
    expect(again.verifiers()).toEqual(keys.verifiers());
    await rotateAuditKey(secrets, clock);
    const later = await openAuditKeys(await openSecrets(scene.home), clock);
    expect(later.installation).toBe(keys.installation);
    expect(later.verifiers()).toHaveLength(2);
    expect(later.verifiers()[0]).toBe(again.verifiers()[0]);
    // A process that was running already signs with the new key too.
    expect(keys.signing().verifier).toBe(later.verifiers()[1]);
  });

  it("that are damaged are refused without a word of the secret, and no others are made", async () => {
    await openAuditKeys(secrets, clock);
    const file = path.join(scene.home, "secrets.json");
    const whole = JSON.parse(await readFile(file, "utf8"));
    const [{ seed }] = JSON.parse(whole["audit-keys"]);
    const cut = { ...whole, "audit-keys": whole["audit-keys"].slice(0, -2) };
    await writeFile(file, JSON.stringify(cut));
    const error = await openAuditKeys(secrets, clock).catch((cause) => cause);
    expect(error).toMatchObject({ code: "audit_keys_unreadable" });
    expect(`${JSON.stringify(error)}${error.stack}${error.cause}`).not.toContain(seed);
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual(cut);
  });
});

describe("a rotation", () => {
  it("is certified by the old key; both sign during the overlap, then only the new one", async () => {
    const log = await open();
    const first = log.keys.verifiers()[0]!;
    expect(splitNote(await sealedNote(log)).signatures).toHaveLength(1);
    const { verifier } = await rotateKey(log, secrets, ctx());
    expect(readCertificate(log.keys.certificates()[0]!, [first])).toBe(verifier);
    expect(() => readCertificate(log.keys.certificates()[0]!, [verifier])).toThrow();

    expect(openNote(await sealedNote(log), log.keys.verifiers()).signedBy).toEqual([verifier, first]);
    // Who knows only the old key can follow, and so can who knows only the new one.
    const note = await sealedNote(log);
    for (const known of [first, verifier]) expect(openNote(note, [known]).signedBy).toEqual([known]);
    clock.advance(OVERLAP_MS - 1);
    expect(splitNote(await sealedNote(log)).signatures).toHaveLength(2);
    clock.advance(1);
    expect(openNote(await sealedNote(log), log.keys.verifiers()).signedBy).toEqual([verifier]);
    // A process that starts now reads the head that the old key had signed.
    expect(await sealedNote(await open())).toContain(log.keys.installation);
  });

  it("is recorded, published in the folders of the sinks, and shows no seed anywhere", async () => {
    const log = await open();
    const before = log.keys.verifiers()[0]!;
    const { verifier } = await rotateKey(log, secrets, ctx());
    await anchorTask(log).run();
    expect(await rotations()).toMatchObject([
      {
        class: "admin",
        actorId: "person:tester",
        details: {
          from: before.slice(0, before.indexOf("+") + 9),
          to: verifier.slice(0, verifier.indexOf("+") + 9),
          installation: log.keys.installation,
        },
      },
    ]);
    const seeds = JSON.parse(secrets.get("audit-keys")!).map((key: { seed: string }) => key.seed);
    expect(seeds).toHaveLength(2);
    for (const folder of ["anchors", "anchors.second"]) {
      const text = await readFile(path.join(scene.home, folder, "keys.jsonl"), "utf8");
      const lines = text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(lines).toMatchObject([
        { verifier: before, certificate: null },
        { verifier, certificate: log.keys.certificates()[0] },
      ]);
      for (const seed of seeds) expect(text).not.toContain(seed);
    }
    for (const seed of seeds)
      expect(JSON.stringify([log.keys.records(), await rotations()])).not.toContain(seed);
  });

  it("whose process was killed before it was recorded is recorded once by the task", async () => {
    const log = await open();
    await rotateAuditKey(secrets, clock);
    const [one, other] = [await open(), await open()];
    await anchorTask(one).run();
    // The process that rotates may still be about to record it.
    expect(await rotations()).toEqual([]);
    clock.advance(61_000);
    await Promise.all([anchorTask(one).run(), anchorTask(other).run()]);
    await anchorTask(log).run();
    expect(await rotations()).toMatchObject([
      { actorId: "task:audit", resource: expect.stringContaining("audit-key/") },
    ]);
  });

  it("forgets the seeds of keys that sign no more, and keeps their public keys", async () => {
    const keys = await openAuditKeys(secrets, clock);
    await rotateAuditKey(secrets, clock);
    await rotateAuditKey(secrets, clock);
    // The first key still signs: two rotations within a day.
    expect(keys.signers()).toHaveLength(3);
    clock.advance(OVERLAP_MS);
    await rotateAuditKey(secrets, clock);
    const stored = JSON.parse(secrets.get("audit-keys")!).map(
      (key: { seed?: string }) => key.seed !== undefined,
    );
    expect(stored).toEqual([false, false, true, true]);
    expect(keys.verifiers()).toHaveLength(4);
    expect(keys.certificates()).toHaveLength(3);
    keys
      .verifiers()
      .slice(1)
      .forEach((verifier, index) => {
        expect(readCertificate(keys.certificates()[index]!, [keys.verifiers()[index]!])).toBe(verifier);
      });
  });

  it("is not for another tenant's administrator", async () => {
    const log = await open();
    await expect(rotateKey(log, secrets, testCtx({ tenant: "globex" }))).rejects.toThrow(
      /audit_key_of_installation/,
    );
    expect(log.keys.verifiers()).toHaveLength(1);
  });
});
