import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileSink } from "./file.ts";
import { anchorSinks } from "./index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "toban-anchors-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const anchor = (size: number, at = "2026-03-31T23:59:59.000Z") => ({
  tenant: "acme",
  class: "admin" as const,
  note: `toban/acme/admin\n${size}\nroot\n\n— toban x\n`,
  at: new Date(at),
});
const file = (month: string) => path.join(folder, "acme", "admin", `${month}.jsonl`);

describe("a folder of anchors", () => {
  it("has a file for each month, with a line for each anchor that only its owner can read", async () => {
    const sink = fileSink(folder, "file");
    expect(await sink.last?.("acme", "admin")).toBeUndefined();
    await sink.append(anchor(1));
    await sink.append(anchor(2));
    await sink.append(anchor(3, "2026-04-01T00:00:00.000Z"));
    const lines = (await readFile(file("2026-03"), "utf8")).split("\n");
    expect(lines.slice(0, 2).map((line) => JSON.parse(line))).toEqual([
      { at: "2026-03-31T23:59:59.000Z", note: anchor(1).note },
      { at: "2026-03-31T23:59:59.000Z", note: anchor(2).note },
    ]);
    expect(lines[2]).toBe("");
    expect((await stat(file("2026-04"))).mode & 0o777).toBe(0o600);
    expect(await sink.last?.("acme", "admin")).toBe(anchor(3).note);
    expect(await sink.last?.("acme", "auth")).toBeUndefined();
  });

  it("tells the largest tree, also when replicas appended out of order", async () => {
    const sink = fileSink(folder, "file");
    for (const size of [9, 120, 33]) await sink.append(anchor(size));
    expect(await sink.last?.("acme", "admin")).toBe(anchor(120).note);
    expect(await fileSink(folder, "again").last?.("acme", "admin")).toBe(anchor(120).note);
  });

  it("survives a last line that a crash has torn at any byte", async () => {
    const sink = fileSink(folder, "file");
    await sink.append(anchor(1));
    const whole = (await stat(file("2026-03"))).size;
    await sink.append(anchor(2));
    const { size } = await stat(file("2026-03"));
    const bytes = await readFile(file("2026-03"));
    for (let end = whole; end < size - 1; end++) {
      await writeFile(file("2026-03"), bytes.subarray(0, end));
      expect(await fileSink(folder, "new").last?.("acme", "admin"), `cut at ${end}`).toBe(anchor(1).note);
    }
    await truncate(file("2026-03"), size - 5);
    await sink.append(anchor(3));
    expect(await sink.last?.("acme", "admin")).toBe(anchor(3).note);
    expect((await readFile(file("2026-03"), "utf8")).trimEnd().split("\n")).toHaveLength(3);
  });

  it("whose newest month is torn altogether tells of the month before", async () => {
    const sink = fileSink(folder, "file");
    await sink.append(anchor(7));
    await writeFile(file("2026-04"), '{"at":"2026-04-0');
    expect(await sink.last?.("acme", "admin")).toBe(anchor(7).note);
  });

  it("reads the end of a long file only", async () => {
    const sink = fileSink(folder, "file");
    await sink.append(anchor(1));
    await appendFile(file("2026-03"), `${"x".repeat(300_000)}\n`);
    await sink.append(anchor(2));
    expect(await fileSink(folder, "new").last?.("acme", "admin")).toBe(anchor(2).note);
  });

  it("keeps each public key once", async () => {
    const sink = fileSink(folder, "file");
    const keys = [
      { verifier: "toban-1+aa+x", certificate: null },
      { verifier: "toban-1+bb+y", certificate: "signed" },
    ];
    await sink.publishKeys?.(keys.slice(0, 1), new Date(0));
    await sink.publishKeys?.(keys, new Date(1));
    await sink.publishKeys?.(keys, new Date(2));
    const lines = (await readFile(path.join(folder, "keys.jsonl"), "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { at: new Date(0).toISOString(), ...keys[0] },
      { at: new Date(1).toISOString(), ...keys[1] },
    ]);
  });

  it("refuses a tenant that would lead out of it", async () => {
    const sink = fileSink(folder, "file");
    await expect(sink.append({ ...anchor(1), tenant: "../out" })).rejects.toThrow(/tenant_invalid/);
  });
});

describe("the sinks of an installation", () => {
  const settings = () => ({
    home: folder,
    secret: () => undefined,
    environment: {},
    clock: { now: () => new Date() },
  });

  it("are two folders, and what else is set", () => {
    expect(anchorSinks(settings()).map((sink) => sink.name)).toEqual(["file", "second-file"]);
    const all = anchorSinks({
      ...settings(),
      webhook: "https://example.com/x",
      s3: "https://s3.example.com/bucket/p?region=x",
    });
    expect(all.map((sink) => sink.name)).toEqual(["file", "second-file", "webhook", "s3"]);
  });

  it("are refused when two are one, or an address is none", () => {
    expect(() => anchorSinks({ ...settings(), folder: path.join(folder, "anchors") })).toThrow(
      /anchor_folder_same/,
    );
    expect(() => anchorSinks({ ...settings(), webhook: "example.com" })).toThrow(/TOBAN_ANCHOR_WEBHOOK/);
    expect(() => anchorSinks({ ...settings(), s3: "https://s3.example.com/?days=3" })).toThrow(
      /names no bucket/,
    );
    expect(() => anchorSinks({ ...settings(), s3: "https://s3.example.com/b?days=x" })).toThrow(/days/);
  });
});
