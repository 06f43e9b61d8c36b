/** What a change of type does to values that fit before and to old versions that still write them. */
export type Narrowing = "wider" | "narrower" | "other" | "unknown";

const INTEGERS = ["int2", "int4", "int8"];
const FLOATS = ["float4", "float8"];
const TEXTS = ["varchar", "bpchar", "char", "text", "citext"];

/** Compares two types as `typeText` writes them. */
export function narrowing(from: string | undefined, to: string | undefined): Narrowing {
  if (to === undefined) return "unknown";
  if (from === to) return "wider";
  const target = split(to);
  if (from === undefined) {
    // Everything converts to these without loss; anything else may be smaller than what was there.
    return /^(?:text|int8|numeric|jsonb|float8|timestamptz)$/.test(to) ? "wider" : "unknown";
  }
  const source = split(from);
  if (source.array !== target.array) return "other";
  if (TEXTS.includes(source.name) && TEXTS.includes(target.name)) {
    if (target.sizes.length === 0 && target.name !== "char") return "wider";
    const size =
      source.sizes[0] ?? (source.name === "bpchar" || source.name === "char" ? 1 : Number.POSITIVE_INFINITY);
    return (target.sizes[0] ?? 1) >= size ? "wider" : "narrower";
  }
  for (const family of [INTEGERS, FLOATS]) {
    if (family.includes(source.name) && family.includes(target.name)) {
      return family.indexOf(target.name) >= family.indexOf(source.name) ? "wider" : "narrower";
    }
  }
  if (target.name === "numeric") return toNumeric(source, target);
  if (source.name === "numeric" && [...INTEGERS, ...FLOATS].includes(target.name)) return "narrower";
  if (FLOATS.includes(source.name) && INTEGERS.includes(target.name)) return "narrower";
  if (INTEGERS.includes(source.name) && target.name === "float8")
    return source.name === "int8" ? "narrower" : "wider";
  const pair = `${source.name} ${target.name}`;
  if (WIDER.has(pair)) return "wider";
  if (NARROWER.has(pair)) return "narrower";
  if (source.name === target.name) return sizesGrow(source.sizes, target.sizes) ? "wider" : "narrower";
  // A number, time or uuid as text loses nothing, but the old version then reads text.
  return "other";
}

const WIDER = new Set([
  "date timestamp",
  "date timestamptz",
  "timestamp timestamptz",
  "json jsonb",
  "cidr inet",
  "bit varbit",
]);
const NARROWER = new Set([
  "timestamp date",
  "timestamptz date",
  "timestamptz timestamp",
  "timestamp time",
  "timestamptz timetz",
  "inet cidr",
  "jsonb json",
  "int4 bool",
  "int8 bool",
  "int2 bool",
]);

type Type = { name: string; sizes: number[]; array: string };

function split(text: string): Type {
  const found = /^([^([\]]*)(?:\(([^)]*)\))?((?:\[\])*)$/.exec(text);
  const sizes = found?.[2] === undefined ? [] : found[2].split(",").map(Number);
  return { name: (found?.[1] ?? text).trim(), sizes, array: found?.[3] ?? "" };
}

const sizesGrow = (before: readonly number[], after: readonly number[]): boolean =>
  after.length === 0 || (before.length > 0 && after.every((size, at) => size >= (before[at] ?? 0)));

const DIGITS = new Map([
  ["int2", 5],
  ["int4", 10],
  ["int8", 19],
]);

function toNumeric(source: Type, target: Type): Narrowing {
  const [precision, scale = 0] = target.sizes;
  if (source.name === "numeric") {
    if (precision === undefined) return "wider";
    const [before, beforeScale = 0] = source.sizes;
    if (before === undefined) return "narrower";
    return scale >= beforeScale && precision - scale >= before - beforeScale ? "wider" : "narrower";
  }
  const digits = DIGITS.get(source.name);
  if (digits === undefined)
    return FLOATS.includes(source.name) && precision === undefined ? "wider" : "other";
  return precision === undefined || precision - scale >= digits ? "wider" : "narrower";
}
