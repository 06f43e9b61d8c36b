import { describe, expect, test } from "vitest";
import type { SourceFile } from "../finding.ts";
import { checkContract } from "./index.ts";

const HEAD = "openapi: 3.1.0\ninfo: { title: T, version: 1.0.0 }\n";
const now = new Date("2026-01-01T00:00:00Z");

const paths = (schema: string): string => `${HEAD}paths:
  /a:
    get:
      responses:
        "200":
          description: OK
          content:
            application/json:
              schema:
                ${schema}
`;

async function found(base: string, revision: string, files: Record<string, string> = {}) {
  const load = (path: string): SourceFile | null =>
    files[path] === undefined ? null : { path, text: files[path] };
  const { findings } = await checkContract({
    base: { path: "old/api.yaml", text: base },
    revision: { path: "api.yaml", text: revision },
    now,
    loadBase: load,
    loadRevision: load,
  });
  return findings.map(({ code, path, line, column }) => `${path}:${line}:${column} ${code.slice(9)}`);
}

describe("a finding in a contract stands", () => {
  test("at the keyword that changed", async () => {
    const before = paths("type: integer\n                maximum: 10");
    const after = paths("type: integer\n                maximum: 20");
    expect(await found(before, after)).toEqual(["api.yaml:13:17 response-constraint-relaxed"]);
  });

  test("in the revision, around what is gone: that is the file that changed", async () => {
    expect(await found(paths("type: string"), `${HEAD}paths: {}\n`)).toEqual([
      "api.yaml:3:1 operation-removed",
    ]);
    const before = paths("{ type: object, properties: { a: { type: string }, b: { type: string } } }");
    const after = paths("{ type: object, properties: { a: { type: string } } }");
    expect(await found(before, after)).toEqual(["api.yaml:11:15 response-property-removed"]);
  });

  test("in the file that a reference leads to, once for all that use it", async () => {
    const text = `${HEAD}paths:
  /a: { get: { responses: { "200": { description: OK, content: { a/json: { schema: { $ref: "SIDE.yaml#/Id" } } } } } } }
  /b: { get: { responses: { "200": { description: OK, content: { a/json: { schema: { $ref: "SIDE.yaml#/Id" } } } } } } }
`;
    const files = { "old/one.yaml": "Id:\n  type: integer\n", "two.yaml": "Id:\n  type: string\n" };
    expect(await found(text.replaceAll("SIDE", "one"), text.replaceAll("SIDE", "two"), files)).toEqual([
      "two.yaml:2:3 response-type-changed",
    ]);
  });

  test("at the line of a broken document", async () => {
    expect(await found(paths("type: string"), `${HEAD}paths:\n  /a: {\n`)).toEqual([
      expect.stringMatching(/^api\.yaml:[45]:\d+ unreadable$/),
    ]);
  });
});

describe("a large contract", () => {
  test("whose schemas lead from one to the next a thousand times is compared to its end", async () => {
    const chain = (last: string) => {
      const schemas = Array.from({ length: 1_000 }, (_, index): [string, object] => [
        `S${index}`,
        {
          properties:
            index === 999
              ? { end: { type: last } }
              : { next: { $ref: `#/components/schemas/S${index + 1}` } },
        },
      ]);
      const schema = { $ref: "#/components/schemas/S0" };
      return JSON.stringify({
        openapi: "3.1.0",
        paths: { "/a": { get: { responses: { "200": { content: { "a/json": { schema } } } } } } },
        components: { schemas: Object.fromEntries(schemas) },
      });
    };
    expect(await found(chain("string"), chain("string"))).toEqual([]);
    expect(await found(chain("string"), chain("integer"))).toEqual([
      expect.stringMatching(/^api\.yaml:1:\d+ response-type-changed$/),
    ]);
  });

  test("that is nested without end is not compared, and does not stop the gate", async () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const nested = `{"openapi":"3.1.0","paths":{"/a":{"get":{"x":${deep}}}}}`;
    expect(await found(paths("type: string"), nested)).toEqual(["api.yaml:1:1 unreadable"]);
  });
});
