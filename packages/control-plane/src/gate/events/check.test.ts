import { describe, expect, test } from "vitest";
import type { Tree } from "../family.ts";
import { type SourceFile, verdictOf } from "../finding.ts";
import { checkEvents, type EventSet, eventSettings, recognizeEvents, supportOf } from "./index.ts";

const now = new Date("2026-11-23T12:00:00Z");
const settings = eventSettings.parse({});
const file = (path: string, text: string): SourceFile => ({ path, text });
const set = (name: string, ...files: SourceFile[]): EventSet => ({ name, files, folder: files.length > 1 });

const treeOf = (files: SourceFile[]): Tree => ({
  paths: files.map(({ path }) => path).sort(),
  read: (path) => files.find((one) => one.path === path)!,
});

describe("where a finding stands", () => {
  const base = file("v1.json", '{ "type": "object", "properties": { "amount": { "type": "integer" } } }');

  test("at the line of the revision that changed, with its column", () => {
    const text = '{\n  "type": "object",\n  "properties": {\n    "amount": { "type": "number" }\n  }\n}\n';
    const { findings, files } = checkEvents(
      [set("v1", base)],
      set("v2", file("v2.json", text)),
      settings,
      now,
    );
    expect(findings).toMatchObject([{ code: "events/type-changed", path: "v2.json", line: 4, column: 17 }]);
    expect(files).toEqual(["v2.json"]);
  });

  test("in YAML too", () => {
    const text = "type: object\nproperties:\n  amount:\n    type: number\n";
    const { findings } = checkEvents([set("v1", base)], set("v2", file("v2.yaml", text)), settings, now);
    expect(findings).toMatchObject([{ path: "v2.yaml", line: 4, column: 5 }]);
  });

  test("where the revision would have the event that is gone, and that path is among those looked at", () => {
    const other = file("v1/b.json", '{ "type": "string" }');
    const bases = [set("v1", { ...base, path: "v1/a.json" }, other)];
    const revision = { ...set("v2", { ...base, path: "v2/a.json" }), folder: true };
    const { findings, files } = checkEvents(bases, revision, settings, now);
    expect(findings).toMatchObject([{ code: "events/event-removed", path: "v2/b.json" }]);
    expect(files).toEqual(["v2/a.json", "v2/b.json"]);
  });

  test("what many bases tell of one place is told once, with the first base's name", () => {
    const text = '{ "type": "object", "properties": { "amount": { "type": "string" } } }';
    const bases = [set("v1", base), set("v2", { ...base, path: "v2.json" })];
    const { findings } = checkEvents(bases, set("v3", file("v3.json", text)), settings, now);
    expect(findings).toHaveLength(1);
    expect(findings[0]!.reason.en).toContain("v1");
  });
});

describe("what belongs together in a working directory", () => {
  const files = [
    file("svc/contracts/events/a.json", "{}"),
    file("svc/contracts/released/1.2.0/events/a.json", "{}"),
    file("svc/contracts/released/1.10.0/events/a.json", "{}"),
    file("other/events/a.json", "{}"),
  ];

  test("released versions come oldest first; a folder without any is left alone", () => {
    expect(recognizeEvents(treeOf(files))).toMatchObject([
      {
        revision: { name: "svc/contracts/events" },
        bases: [
          { name: "svc/contracts/released/1.2.0/events" },
          { name: "svc/contracts/released/1.10.0/events" },
        ],
      },
    ]);
  });

  test("files that a schema refers to are read with it, and theirs", () => {
    const all = new Map(
      [
        file("e/a.json", '{ "properties": { "b": { "$ref": "../parts/b.json#/$defs/x" } } }'),
        file("parts/b.json", '{ "$defs": { "x": { "$ref": "c.json" } } }'),
        file("parts/c.json", '{ "type": "string" }'),
      ].map((one) => [one.path, one]),
    );
    const event = all.get("e/a.json")!;
    const support = supportOf([event], (path) => all.get(path) ?? null);
    expect(support.map(({ path }) => path).sort()).toEqual(["parts/b.json", "parts/c.json"]);
    const whole = { ...set("v1", event), support };
    expect(verdictOf(checkEvents([whole], whole, settings, now).findings)).toBe("pass");
    expect(verdictOf(checkEvents([set("v1", event)], set("v2", event), settings, now).findings)).toBe(
      "inconclusive",
    );
  });
});

describe("large contracts", () => {
  test("hundreds of properties ten levels deep are compared within seconds", () => {
    const nest = (depth: number): object =>
      depth === 0
        ? { type: "string" }
        : { type: "object", properties: { a: nest(depth - 1), b: { type: "integer" } } };
    const properties = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`p${index}`, nest(10)]));
    const text = JSON.stringify({ type: "object", properties });
    const started = performance.now();
    const changed = text.replace(/"type":"integer"(?!.*"type":"integer")/, '"type":"number"');
    const { findings } = checkEvents(
      [set("v1", file("a.json", text))],
      set("v2", file("a.json", changed)),
      settings,
      now,
    );
    expect(findings).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(8000);
  });
});

describe("hostile documents", () => {
  test("thousands of levels are undecided, and so are aliases that multiply", () => {
    const deep = (type: string) =>
      `${'{"properties":{"a":'.repeat(9000)}{"type":"${type}"}${"}}".repeat(9000)}`;
    const found = checkEvents(
      [set("v1", file("a.json", deep("string")))],
      set("v2", file("b.json", deep("integer"))),
      settings,
      now,
    );
    expect(found.findings.map(({ code }) => code)).toEqual(["events/undecidable"]);
    const ten = (name: string) => `[${Array(10).fill(name).join(", ")}]`;
    const bomb = `type: object\na: &a ${ten("x")}\nb: &b ${ten("*a")}\nc: &c ${ten("*b")}\nd: ${ten("*c")}\n`;
    const bombed = checkEvents(
      [set("v1", file("a.yaml", "type: object"))],
      set("v2", file("b.yaml", bomb)),
      settings,
      now,
    );
    expect(verdictOf(bombed.findings)).toBe("inconclusive");
  });
});

describe("payloads in files of another format", () => {
  const api = file(
    "a/asyncapi.yaml",
    'asyncapi: 3.0.0\ninfo: { title: A, version: "1" }\nchannels:\n  o:\n    address: o\n    messages:\n' +
      "      m: { payload: { schemaFormat: application/vnd.apache.avro;version=1.9.0, schema: { $ref: order.avsc } } }\n",
  );
  const avro = (name: string) =>
    file("a/order.avsc", `{ "type": "record", "name": "${name}", "fields": [] }`);
  const version = (name: string, support: SourceFile[]): EventSet => ({ ...set(name, api), support });
  const verdict = (base: SourceFile[], revision: SourceFile[]) =>
    verdictOf(checkEvents([version("v1", base)], version("v2", revision), settings, now).findings);

  test("pass while they are the same, and are undecided when they change or are missing", () => {
    expect(verdict([avro("A")], [avro("A")])).toBe("pass");
    expect(verdict([avro("A")], [avro("B")])).toBe("inconclusive");
    expect(verdict([], [])).toBe("inconclusive");
  });
});
