import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type SourceFile, verdictOf } from "../finding.ts";
import { checkContract, contractSettings } from "./index.ts";

const FOLDER = new URL("../../../corpus/contract/", import.meta.url);

type Pair = {
  title: string;
  in: "request" | "response" | "both" | "parameters" | "operation" | "document" | "text";
  verdict: "pass" | "fail" | "inconclusive";
  codes?: string[];
  versions?: [string, string];
  components?: Record<string, unknown>;
  settings?: unknown;
  base: unknown;
  revision: unknown;
};

const topics = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));
const pairs = topics.flatMap((topic) =>
  (parse(readFileSync(new URL(topic, FOLDER), "utf8")) as Pair[]).map((pair): [string, Pair] => [
    `${topic.replace(".yaml", "")}: ${pair.title}`,
    pair,
  ]),
);

const OK = { "200": { description: "OK" } };
const json = (schema: unknown) => ({ content: { "application/json": { schema } } });

function operationsOf(pair: Pair, value: unknown): Record<string, unknown> {
  const get = { responses: { "200": { description: "OK", ...json(value) } } };
  const post = { requestBody: json(value), responses: OK };
  switch (pair.in) {
    case "request":
      return { paths: { "/things": { post } } };
    case "response":
      return { paths: { "/things": { get } } };
    case "both":
      return { paths: { "/things": { get, post } } };
    case "parameters":
      return { paths: { "/things": { get: { parameters: value, responses: OK } } } };
    case "operation":
      return { paths: { "/things": { get: value } } };
    default:
      return value as Record<string, unknown>;
  }
}

function fileOf(pair: Pair, side: "base" | "revision"): SourceFile | null {
  const value = pair[side];
  if (pair.in === "text") return typeof value === "string" ? { path: `${side}.yaml`, text: value } : null;
  const components = pair.components && (pair.components[side] ?? pair.components);
  const document = {
    openapi: pair.versions?.[side === "base" ? 0 : 1] ?? "3.1.0",
    info: { title: "Things", version: "1.0.0" },
    ...(components ? { components } : {}),
    ...operationsOf(pair, value),
  };
  return { path: `${side}.json`, text: JSON.stringify(document, null, 2) };
}

describe("the corpus of contracts", () => {
  const agreed = { pass: 0, fail: 0, inconclusive: 0 };

  test.each(pairs)("%s", async (_title, pair) => {
    const { findings } = await checkContract({
      base: fileOf(pair, "base"),
      revision: fileOf(pair, "revision"),
      settings: contractSettings.parse(pair.settings ?? {}),
      now: new Date("2026-11-23T12:00:00Z"),
    });
    const told = findings.map((one) => `${one.severity} ${one.code}: ${one.reason.en}`);
    expect({ verdict: verdictOf(findings), told }).toEqual({ verdict: pair.verdict, told });
    expect(findings.map((finding) => finding.code)).toEqual(expect.arrayContaining(pair.codes ?? []));
    agreed[pair.verdict]++;
  });

  test("agrees throughout, on compatible and on breaking changes alike", () => {
    const count = agreed.pass + agreed.fail + agreed.inconclusive;
    console.log(
      `contracts: ${count} of ${pairs.length} pairs agree (${agreed.pass} pass, ${agreed.fail} fail, ` +
        `${agreed.inconclusive} inconclusive)`,
    );
    expect(count).toBe(pairs.length);
    expect(count).toBeGreaterThanOrEqual(150);
    expect(agreed.pass / count).toBeGreaterThan(0.4);
  });
});
