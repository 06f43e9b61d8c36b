import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LedgerEntry, openLedger } from "./ledger.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), "toban-ledger-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

let count = 0;
const fresh = () => {
  const folder = path.join(home, `${++count}`);
  return { folder, ledger: openLedger(folder, "key"), file: path.join(folder, "acme.jsonl") };
};
const entry = (id: string, completedAt: string | null = null): LedgerEntry => ({
  ...{ id, tenant: "acme", subjectDigest: "digest", requestedBy: "person:~x", completedAt },
  requestedAt: "2026-01-01T00:00:00.000Z",
});
const done = "2026-01-01T00:00:01.000Z";

describe("the erasure ledger", () => {
  it("keeps requests in order, each as its newest line has it, and rewrites nothing", async () => {
    const { ledger, file } = fresh();
    expect([await ledger.tenants(), await ledger.read("acme")]).toEqual([[], []]);
    await Promise.all([ledger.append(entry("1")), ledger.append(entry("2"))]);
    const before = await readFile(file, "utf8");
    await ledger.append(entry("1", done));
    expect((await readFile(file, "utf8")).startsWith(before)).toBe(true);
    expect(await ledger.read("acme")).toEqual([entry("1", done), entry("2")]);
    expect(await ledger.tenants()).toEqual(["acme"]);
  });

  it("a crash at any byte of the last line loses that line at most, and the next one stands by itself", async () => {
    const { ledger, file } = fresh();
    await ledger.append(entry("1"));
    const whole = await readFile(file);
    await ledger.append(entry("2"));
    const both = await readFile(file);
    for (let size = whole.length; size < both.length; size++) {
      await writeFile(file, both);
      await truncate(file, size);
      const kept = size === both.length - 1 ? ["1", "2"] : ["1"];
      expect((await ledger.read("acme")).map(({ id }) => id)).toEqual(kept);
      await ledger.append(entry("3"));
      expect((await ledger.read("acme")).map(({ id }) => id)).toEqual([...kept, "3"]);
    }
  });

  it.each<[string, (text: string) => string, string]>([
    ["a torn line before the end", (text) => `{"v":1\n${text}`, "erasure_ledger_damaged"],
    ["an empty line", (text) => `${text}\n`, "erasure_ledger_damaged"],
    ["another tenant's entry", (text) => text.replaceAll("acme", "globex"), "erasure_ledger_damaged"],
    [
      "a time that is none",
      (text) => text.replace("2026-01-01T00:00:00.000Z", "soon"),
      "erasure_ledger_damaged",
    ],
    ["another version", (text) => text.replace('"v":1', '"v":2'), "erasure_ledger_damaged"],
  ])("%s is refused", async (_what, damage, code) => {
    const { ledger, file } = fresh();
    await ledger.append(entry("1"));
    await ledger.append(entry("2"));
    await writeFile(file, damage(await readFile(file, "utf8")));
    await expect(ledger.read("acme")).rejects.toMatchObject({ kind: "invalid", code });
  });

  it("digests of another key are refused instead of matching nobody", async () => {
    const { folder, ledger } = fresh();
    await ledger.append(entry("1"));
    await expect(openLedger(folder, "another").read("acme")).rejects.toMatchObject({
      code: "erasure_key_changed",
    });
  });

  it("a folder in the way of the file is no empty ledger", async () => {
    const { folder } = fresh();
    const ledger = openLedger(path.join(folder, "in"), "key");
    await ledger.append({ ...entry("1"), tenant: "x.jsonl" });
    // The file of the tenant `x` under that name would be a folder.
    const inside = openLedger(path.join(folder, "in", "x.jsonl.jsonl"), "key");
    await expect(inside.tenants()).rejects.toMatchObject({ kind: "unavailable" });
    await expect(inside.read("x")).rejects.toMatchObject({ code: "erasure_ledger_unreadable" });
  });

  it("a digest is another for another tenant, subject or key, and says nothing by itself", () => {
    const ledger = openLedger(home, "key");
    const digests = [
      ...[ledger.digestOf("a", "b"), ledger.digestOf("a", "c"), ledger.digestOf("c", "b")],
      openLedger(home, "other").digestOf("a", "b"),
    ];
    expect(new Set(digests).size).toBe(4);
    expect(digests[0]).toMatch(/^[\w-]{43}$/);
  });
});
