import type * as Yaml from "yaml";

/** A YAML or JSON value that knows where it stands. Aliases and merge keys are resolved; offsets are UTF-16. */
export type Node = {
  kind: "map" | "seq" | "scalar" | "null";
  start: number;
  end: number;
  entries: Entry[];
  items: Node[];
  value: string | number | boolean | undefined;
  /** A tag of its own, such as CloudFormation's `!Ref`. */
  tag?: string;
};

export type Entry = { key: string; start: number; end: number; value: Node };

export type Parsed = { documents: Node[] } | { error: string; offset: number };

type Library = typeof Yaml;

/** All documents of a text; the first error ends it. JSON is read as YAML, so that places stay exact. */
export function parseYaml(library: Library, text: string, json: boolean): Parsed {
  try {
    if (json) JSON.parse(text.replace(/^\uFEFF/, ""));
    // Tabs may indent JSON but not YAML; a space keeps all offsets.
    const source = json ? text.replace(/[\t\uFEFF]/g, " ") : text;
    const documents = library.parseAllDocuments(source, { prettyErrors: false, logLevel: "silent" });
    const all = Array.isArray(documents) ? documents : [];
    for (const document of all) {
      const error = document.errors[0];
      if (error) return { error: `${error.code}: ${error.message.split("\n")[0]}`, offset: error.pos[0] };
    }
    return { documents: all.flatMap((one) => (one.contents ? [convert(library, one, one.contents)] : [])) };
  } catch (error) {
    return { error: error instanceof Error ? error.message.split("\n")[0]! : String(error), offset: 0 };
  }
}

function convert(library: Library, document: Yaml.Document.Parsed, root: unknown): Node {
  // Shared by identity, so that a bomb of aliases stays as small as its text.
  const seen = new Map<unknown, Node>();
  const visit = (value: unknown): Node => {
    const known = seen.get(value);
    if (known) return known;
    if (library.isAlias(value)) {
      const target = value.resolve(document);
      if (!target) throw new Error(`the alias *${value.source} has no anchor`);
      return visit(target);
    }
    const range = (value as { range?: [number, number, number] | null } | null)?.range;
    const node: Node = {
      kind: "null",
      start: range?.[0] ?? 0,
      end: range?.[1] ?? 0,
      entries: [],
      items: [],
      value: undefined,
    };
    seen.set(value, node);
    const tag = (value as { tag?: string } | null)?.tag;
    if (tag && !tag.startsWith("tag:yaml.org")) node.tag = tag;
    if (library.isMap(value)) {
      node.kind = "map";
      node.entries = entriesOf(value.items);
    } else if (library.isSeq(value)) {
      node.kind = "seq";
      node.items = value.items.map(visit);
    } else if (library.isScalar(value)) {
      const plain = value.value;
      if (plain !== null && plain !== undefined) {
        node.kind = "scalar";
        node.value =
          typeof plain === "string" || typeof plain === "number" || typeof plain === "boolean"
            ? plain
            : String(plain);
      }
    }
    return node;
  };
  const entriesOf = (pairs: Yaml.Pair[]): Entry[] => {
    const own: Entry[] = [];
    const merged: Entry[] = [];
    for (const pair of pairs) {
      const key = visit(pair.key);
      const entry = {
        key: String(key.value ?? ""),
        start: key.start,
        end: key.end,
        value: visit(pair.value),
      };
      if (entry.key !== "<<") own.push(entry);
      else
        for (const map of entry.value.kind === "seq" ? entry.value.items : [entry.value])
          merged.push(...map.entries);
    }
    const names = new Set(own.map((entry) => entry.key));
    for (const entry of merged) {
      if (names.has(entry.key)) continue;
      names.add(entry.key);
      own.push(entry);
    }
    return own;
  };
  return visit(root);
}

/** The value at a path of keys and indices; undefined when it, or anything on the way, is missing or null. */
export function at(node: Node | undefined, ...path: (string | number)[]): Node | undefined {
  let here = node;
  for (const step of path) {
    if (!here) return undefined;
    here =
      typeof step === "number" ? here.items[step] : here.entries.find((entry) => entry.key === step)?.value;
  }
  return here && here.kind !== "null" ? here : undefined;
}

/** The entry of a key, whose place names the key itself. */
export const entry = (node: Node | undefined, key: string): Entry | undefined =>
  node?.entries.find((one) => one.key === key);

/** A scalar as text. Of CloudFormation's functions only `!Sub` has one. */
export function text(node: Node | undefined): string | undefined {
  if (node?.kind === "map") return text(at(node, "Fn::Sub"));
  if (node?.kind !== "scalar" || (node.tag && node.tag !== "!Sub")) return undefined;
  return String(node.value);
}

export function number(node: Node | undefined): number | undefined {
  const value = text(node);
  return value !== undefined && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

export const isTrue = (node: Node | undefined) => /^(true|yes)$/i.test(text(node) ?? "");
export const isFalse = (node: Node | undefined) => /^(false|no)$/i.test(text(node) ?? "");

export const items = (node: Node | undefined): Node[] => (node?.kind === "seq" ? node.items : []);
export const entries = (node: Node | undefined): Entry[] => (node?.kind === "map" ? node.entries : []);

/** Texts of a scalar or of a list of scalars. */
export function texts(node: Node | undefined): string[] {
  const all = node?.kind === "seq" ? node.items : node ? [node] : [];
  return all.flatMap((one) => text(one) ?? []);
}

/** Every scalar below a node with the key it stands under, each once. */
export function scalars(root: Node | undefined): { key: string; node: Node }[] {
  const found: { key: string; node: Node }[] = [];
  const seen = new Set<Node>();
  const visit = (node: Node, key: string) => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === "scalar") found.push({ key, node });
    for (const item of node.items) visit(item, key);
    for (const one of node.entries) visit(one.value, one.key);
  };
  if (root) visit(root, "");
  return found;
}

/** CloudFormation writes `ContainerDefinitions` for what ECS calls `containerDefinitions`. */
export function camelKeys(root: Node): Node {
  const seen = new Map<Node, Node>();
  const visit = (node: Node): Node => {
    const known = seen.get(node);
    if (known) return known;
    const copy: Node = { ...node, entries: [], items: [] };
    seen.set(node, copy);
    copy.items = node.items.map(visit);
    copy.entries = node.entries.map((one) => ({
      ...one,
      key: one.key.includes("::") ? one.key : one.key.charAt(0).toLowerCase() + one.key.slice(1),
      value: visit(one.value),
    }));
    return copy;
  };
  return visit(root);
}
