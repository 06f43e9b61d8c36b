import type { Document, Node } from "yaml";
import { type Place, placesIn, type SourceFile } from "../finding.ts";
import {
  below,
  type Dialect,
  isRecord,
  type Location,
  own,
  resolveReference,
  type SchemaNode,
  type SchemaSource,
} from "../schema/index.ts";

/** One side of a comparison: an OpenAPI document with the files that it refers to. */
export type Contract = SchemaSource & {
  file: SourceFile;
  root: Record<string, unknown>;
  /** Where a part stands; the nearest part around it when it does not stand there itself. */
  place(at: Location): Place;
};

export type Unusable = { problem: "unreadable" | "version-unsupported"; place: Place; detail: string };

/** Reads other files that are named from a contract; null when there is none. */
export type Load = (path: string) => SourceFile | null;

type Yaml = typeof import("yaml");
type Parsed = { file: SourceFile; root: unknown; document(): Document | null; locate?: Locate };
type Locate = ReturnType<typeof placesIn>;

/** Parses an OpenAPI 3.0, 3.1 or 3.2 document, YAML or JSON. */
export async function readContract(file: SourceFile, load: Load): Promise<Contract | Unusable> {
  const yaml = await import("yaml");
  const top = parse(yaml, file);
  if ("problem" in top) return top;
  const { root } = top;
  const start = placesIn(file)(0);
  const unusable = (detail: string): Unusable => ({ problem: "unreadable", place: start, detail });
  if (!isRecord(root)) return unusable("not an object");
  const version = own(root, "openapi") ?? own(root, "swagger");
  if (version === undefined) return unusable("openapi?");
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(String(version)) ?? [];
  if (own(root, "openapi") === undefined || major !== "3" || !["0", "1", "2"].includes(minor ?? "")) {
    return { problem: "version-unsupported", place: start, detail: String(version) };
  }
  const { paths, webhooks, components } = root;
  const isNamed = isRecord(paths) || (minor !== "0" && (isRecord(webhooks) || isRecord(components)));
  if (!isNamed || (paths !== undefined && !isRecord(paths))) return unusable("paths?");
  return contractOf(top, yaml, load, minor === "0" ? "openapi-3.0" : "2020-12");
}

function contractOf(top: Parsed, yaml: Yaml, load: Load, dialect: Dialect): Contract {
  const files = new Map<string, Parsed | null>([[top.file.path, top]]);
  const open = (path: string): Parsed | null => {
    let parsed = files.get(path);
    if (parsed === undefined) {
      const file = load(path);
      const read = file && parse(yaml, file);
      parsed = read && !("problem" in read) ? read : null;
      files.set(path, parsed);
    }
    return parsed;
  };
  return {
    file: top.file,
    root: top.root as Record<string, unknown>,
    dialect,
    load: (path) => open(path)?.root,
    place(at) {
      const parsed = open(at.path) ?? top;
      const range = rangeOf(yaml, parsed.document(), at.path === parsed.file.path ? at.pointer : "");
      parsed.locate ??= placesIn(parsed.file);
      return parsed.locate(range[0], range[1]);
    },
  };
}

function parse(yaml: Yaml, file: SourceFile): Parsed | Unusable {
  let document: Document | null | undefined;
  const read = () => {
    document ??= yaml.parseDocument(file.text, { merge: true });
    return document;
  };
  const lazily = () => {
    const parsed = read();
    return parsed.errors.length > 0 ? null : parsed;
  };
  if (/^\s*\{/.test(file.text)) {
    try {
      return { file, root: JSON.parse(file.text), document: lazily };
    } catch {
      // A YAML document may begin with a brace too.
    }
  }
  const [error] = read().errors;
  if (error) {
    return { problem: "unreadable", place: placesIn(file)(error.pos[0]), detail: firstLine(error.message) };
  }
  try {
    return { file, root: read().toJS(), document: lazily };
  } catch (error) {
    return { problem: "unreadable", place: placesIn(file)(0), detail: firstLine(String(error)) };
  }
}

const firstLine = (text: string): string => text.split("\n")[0]!.replace(/ at line .*$/, "");

/** Offsets of the key that leads to a pointer, or of the list item. */
function rangeOf(yaml: Yaml, document: Document | null, pointer: string): [number, number] {
  let node: unknown = document?.contents;
  let range: [number, number] = [0, 0];
  const take = (found: unknown) => {
    const [start, end] = (found as Node | null)?.range ?? [];
    if (start !== undefined && end !== undefined) range = [start, end];
  };
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    while (yaml.isAlias(node)) node = document && node.resolve(document);
    if (yaml.isMap(node)) {
      const pair = node.items.find((one) => yaml.isScalar(one.key) && String(one.key.value) === key);
      if (!pair) break;
      take(pair.key);
      node = pair.value;
    } else if (yaml.isSeq(node)) {
      const item = node.items[Number(key)];
      if (item === undefined) break;
      take(item);
      node = item;
    } else break;
  }
  return range;
}

/** Values that look like schemas but are data. */
const DATA = new Set(["example", "examples", "default", "enum", "const"]);

/** Maps whose keys are names, not keywords. */
const NAMES = new Set(["properties", "patternProperties", "$defs", "schemas", "headers"]);

/** Every reference that leads nowhere, of the document and of what it refers to in other files. */
export function brokenReferences(contract: Contract): { reference: string; at: Location }[] {
  const found: { reference: string; at: Location }[] = [];
  const seen = new Set<unknown>();
  const visit = (value: unknown, at: Location, isMap: boolean) => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    const reference = isRecord(value) ? own(value, "$ref") : undefined;
    if (typeof reference === "string") {
      const target = resolveReference(reference, at, contract);
      if (!target) found.push({ reference, at: below(at, "$ref") });
      else if (target.at.path !== contract.file.path) elsewhere.push(target);
    }
    for (const [key, part] of Object.entries(value)) {
      if (!isMap && (DATA.has(key) || key.startsWith("x-"))) continue;
      visit(part, below(at, key), !isMap && NAMES.has(key));
    }
  };
  const elsewhere: SchemaNode[] = [{ schema: contract.root, at: { path: contract.file.path, pointer: "" } }];
  for (let node = elsewhere.pop(); node; node = elsewhere.pop()) visit(node.schema, node.at, false);
  return found;
}
