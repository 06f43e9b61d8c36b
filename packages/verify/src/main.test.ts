import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleOf, headOf, key, leafText, leavesOf, sectionOf } from "./testing/log.ts";

const folder = mkdtempSync(path.join(tmpdir(), "toban-verify-"));
const file = (name: string) => path.join(folder, name);
const PROGRAM = path.resolve(import.meta.dirname, "../bin/toban-verify.js");
const log = { class: "auth", leaves: leavesOf("auth", 300) };
const fork = { class: "auth", leaves: log.leaves.with(40, leafText("auth", 40, { result: "failure" })) };

function run(args: string[], options: { input?: Buffer; lang?: string } = {}) {
  const env = { PATH: process.env.PATH, LANG: options.lang ?? "C.UTF-8" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    env,
    input: options.input,
  });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

beforeAll(async () => {
  const good = await bundleOf([await sectionOf(log)]);
  writeFileSync(file("good"), good);
  writeFileSync(file("fork"), await bundleOf([await sectionOf(fork)]));
  writeFileSync(file("altered"), good.toString().replace('\\"seq\\":7,', '\\"seq\\":8,'));
  writeFileSync(file("cut"), good.subarray(0, good.length / 2));
  writeFileSync(file("empty"), "");
  mkdirSync(file("anchors/acme"), { recursive: true });
  const anchor = (size: number) =>
    `${JSON.stringify({ at: "2026-11-20T10:00:00Z", note: headOf(log, size) })}\n`;
  writeFileSync(file("anchors/acme/auth.jsonl"), anchor(30) + anchor(256) + anchor(300));
  writeFileSync(file("anchors/keys.jsonl"), '{"verifier":"x"}\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("toban-verify", () => {
  it.each([
    ["a valid bundle", ["good"], 0, "VALID"],
    ["an altered one", ["altered"], 1, "INVALID altered acme/auth/7"],
    ["a fork", ["fork", "--anchors", "anchors"], 2, "DIVERGED diverged acme/auth"],
    ["a cut one", ["cut"], 3, "INCOMPLETE truncated acme/auth/"],
    ["an empty file", ["empty"], 4, "UNREADABLE"],
    ["a file that does not exist", ["nothing"], 4, "UNREADABLE"],
    ["a folder", ["."], 4, "UNREADABLE"],
    ["anchors that do not exist", ["good", "--anchors", "nothing"], 4, "UNREADABLE"],
  ])("tells %s by its exit and in words", (_, [bundle, option, value], status, text) => {
    const result = run([file(bundle!), ...(option ? [option, file(value!)] : [])]);
    expect(result).toMatchObject({ status, stderr: "" });
    expect(result.stdout).toContain(text);
  });

  it.each([
    ["no bundle", []],
    ["two bundles", ["a", "b"]],
    ["an unknown option", ["a", "--what"]],
    ["a key that is none", ["a", "--key", "x"]],
    ["an unknown language", ["a", "--lang", "fr"]],
  ])("exits with 64 and shows its use for %s", (_, args) => {
    const result = run(args);
    expect(result).toMatchObject({ status: 64, stdout: "" });
    expect(result.stderr).toContain("Usage: toban-verify");
  });

  it("reads standard input", () => {
    expect(run(["-"], { input: readFileSync(file("good")) }).status).toBe(0);
    expect(run(["-"], { input: Buffer.alloc(0) }).status).toBe(4);
  });

  it("says what it has not checked, and no longer when key and anchors are given", () => {
    expect(run([file("good")]).stdout).toContain("No key was pinned");
    const { stdout } = run([file("good"), "--key", key.verifier, "--anchors", file("anchors")]);
    expect(stdout).toContain("auth: 300 entries [0, 300) of a tree of 300");
    expect(stdout).toContain("anchors 3/3");
    expect(stdout).not.toContain("pinned (--key)");
    expect(stdout).not.toContain("--anchors");
  });

  it("takes anchors from the objects of a bucket, and from files that a crash has torn", () => {
    mkdirSync(file("bucket"), { recursive: true });
    writeFileSync(file("bucket/0000030"), headOf(log, 30));
    writeFileSync(file("bucket/0000031"), headOf(log, 31));
    const line = JSON.stringify({ at: "2026-11-20T10:00:00Z", note: headOf(log, 32) });
    writeFileSync(file("torn.jsonl"), `${line.slice(0, 50)}\n${line}\n{"at":"x"}\n`);
    const given = ["--anchors", file("bucket"), "--anchors", file("torn.jsonl")];
    const { status, stdout } = run([file("good"), ...given]);
    expect(status).toBe(0);
    expect(stdout).toContain("anchors 3/3");
    expect(stdout).toContain("1 lines of the anchors' files");
    writeFileSync(file("bucket/0000031"), headOf(log, 31).replace("31", "33"));
    expect(run([file("good"), ...given])).toMatchObject({ status: 3 });
  });

  it("speaks Japanese when the locale or the option says so", () => {
    expect(run([file("altered")], { lang: "ja_JP.UTF-8" }).stdout).toContain("封印された内容と異なります");
    expect(run([file("cut"), "--lang", "ja"]).stdout).toContain("不完全 (3)");
    expect(run([file("cut"), "--lang", "en"], { lang: "ja_JP.UTF-8" }).stdout).toContain("INCOMPLETE (3)");
  });

  it("shows and keeps both heads of a fork, whole", () => {
    const { stdout } = run([file("fork"), "--anchors", file("anchors"), "--json", "--keep", file("kept")]);
    const report = JSON.parse(stdout);
    const heads = { bundle: headOf(fork), anchor: headOf(log, 256) };
    expect(report).toMatchObject({ verdict: "diverged", exit: 2, sections: [{ anchors: { linked: 1 } }] });
    expect(report.findings[0]).toMatchObject({ tenant: "acme", class: "auth", size: 256, heads });
    expect(report.findings[0].remedy).toContain("Keep both");
    const kept = readdirSync(file("kept")).map((name) => readFileSync(path.join(file("kept"), name), "utf8"));
    expect(kept.sort()).toEqual([heads.bundle, heads.anchor, heads.bundle, headOf(log, 300)].sort());
  });

  it("names what is wrong as data", () => {
    const report = JSON.parse(run([file("altered"), "--json"]).stdout);
    expect(report.findings[0]).toMatchObject({ verdict: "invalid", tenant: "acme", class: "auth", seq: 7 });
  });
});
