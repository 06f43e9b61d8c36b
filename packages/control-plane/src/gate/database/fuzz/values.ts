import { randomBytes, randomInt } from "node:crypto";
import type { CheckConstraint, Column } from "../model.ts";
import { exampleOf } from "./regex.ts";

const randomUuid = (): string =>
  randomBytes(16)
    .toString("hex")
    .replace(/^(.{8})(.{3}).(.{3}).(.{3})(.{12}).*$/, "$1-$2a-4$3-8$4-$5");

const LARGEST: Record<string, number> = { int2: 32_000, int4: 2_000_000_000, int8: 2 ** 46 };

/** A name that no real tenant has, of the type of the tenant column; undefined for types without such. */
export function tenantName(column: Column, which: number): string | undefined {
  if (column.typeKind === "e") return column.labels[which];
  if (column.base === "uuid") return randomUuid();
  const largest = LARGEST[column.base];
  if (largest) return String(randomInt(largest / 2, largest));
  const name = `fuzz-${which === 0 ? "a" : "b"}-${randomBytes(5).toString("hex")}`;
  return column.length === null ? name : name.slice(-column.length);
}

const PLAIN: Record<string, string[]> = {
  bool: ["true", "false"],
  date: ["2026-06-15", "2025-06-15", "2024-06-15", "2027-06-15", "2020-01-01", "2030-01-01"],
  timestamp: ["2026-06-15", "2025-06-15", "2024-06-15", "2027-06-15", "2020-01-01", "2030-01-01"],
  timestamptz: ["2026-06-15Z", "2025-06-15Z", "2024-06-15Z", "2027-06-15Z", "2020-01-01Z", "2030-01-01Z"],
  time: ["12:00"],
  timetz: ["12:00Z"],
  interval: ["1 day"],
  json: ["{}", "[]"],
  jsonb: ["{}", "[]"],
  inet: ["192.0.2.7"],
  cidr: ["192.0.2.0/24"],
  macaddr: ["08:00:2b:01:02:03"],
  numeric: ["7", "0.5", "0", "1000000"],
  float4: ["7", "0.5", "0"],
  float8: ["7", "0.5", "0"],
  money: ["7"],
  point: ["(1,2)"],
  tsvector: ["a"],
  xml: ["<a/>"],
  bit: ["1"],
  oid: ["1"],
};

/** Values to try for a column, likely ones first; `checks` are those that name it. */
export function candidatesFor(column: Column, checks: CheckConstraint[]): string[] {
  if (column.typeKind === "e") return column.labels;
  const base = column.base;
  if (base.startsWith("_")) return ["{}", "{a}", "{1}"];
  if (column.typeKind === "r" || column.typeKind === "m")
    return ["empty", "[1,2)", "[2026-01-01,2026-01-02)"];
  const hints = [...checks.map(({ expression }) => expression), ...column.domainChecks].flatMap((one) =>
    hintsOf(one, base),
  );
  if (base === "bytea") return [`\\x${randomBytes(16).toString("hex")}`, ...hints];
  if (base === "uuid") return [randomUuid()];
  if (LARGEST[base]) return [String(randomInt(LARGEST[base] / 2, LARGEST[base])), "1", "0", ...hints];
  if (PLAIN[base]) return [...PLAIN[base], ...hints];
  const marker = `zq${randomBytes(6).toString("hex")}`;
  const cut = (text: string) => (column.length === null ? text : text.slice(0, column.length));
  const usual = [marker, ...hints, `${marker}@example.com`, `https://example.com/${marker}`, "A", "7", ""];
  return [...new Set(usual.map(cut))];
}

/** What a CHECK lets through is often written in it. */
function hintsOf(expression: string, base: string): string[] {
  const texts = [...expression.matchAll(/'((?:[^']|'')*)'/g)].map(([, text]) => text!.replaceAll("''", "'"));
  const numbers = [...expression.matchAll(/(?<![\w.'])-?\d+(\.\d+)?/g)].map(([text]) => Number(text));
  const near = numbers.flatMap((one) => [one, one + 1, one - 1]).filter((one) => one <= 100_000);
  if (base === "bytea") {
    return near.filter((one) => one > 0).map((one) => `\\x${randomBytes(one).toString("hex")}`);
  }
  if (LARGEST[base] || PLAIN[base]) return [...texts, ...near.map(String)];
  const examples = [...expression.matchAll(/~\*? '((?:[^']|'')*)'/g)].flatMap(
    ([, one]) => exampleOf(one!) ?? [],
  );
  const isOfLength = /length\(/.test(expression);
  const lengths = isOfLength
    ? near.filter((one) => one > 0).map((one) => randomBytes(one).toString("hex").slice(0, one))
    : [];
  return [...examples, ...texts, ...lengths];
}
