import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FINDING_CODES } from "./finding-codes.ts";
import { jsonSchema } from "./json-schema.ts";
import { referencePage } from "./reference.ts";

const stored = (name: string) =>
  readFileSync(new URL(`../../../docs/reference/${name}`, import.meta.url), "utf8");

describe("the reference in docs/reference", () => {
  it("is what the schema says today", () => {
    expect(stored("definition.md")).toBe(referencePage());
    expect(stored("definition.schema.json")).toBe(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
  });

  it("names every noun of the schema and every code of a finding", () => {
    const headings = referencePage()
      .split("\n")
      .filter((line) => line.startsWith("## "));
    for (const noun of Object.keys(jsonSchema().$defs as object)) expect(headings).toContain(`## ${noun}`);
    for (const code of Object.keys(FINDING_CODES)) expect(referencePage()).toContain(`| \`${code}\` |`);
  });

  it("links only to headings that exist", () => {
    const anchors = new Set(
      [...referencePage().matchAll(/^## (\w+)/gm)].map(([, noun]) => noun!.toLowerCase()),
    );
    for (const [, anchor] of referencePage().matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
  });
});
