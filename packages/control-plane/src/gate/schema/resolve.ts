import { posix } from "node:path";
import type { Location, SchemaNode, SchemaSource } from "./types.ts";

/** A plain object, as YAML and JSON mappings are. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An own entry; names such as `constructor` are names like any other. */
export function own(record: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export const escapePointer = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");

/** The location of a part, by its keys from here. */
export function below(at: Location, ...keys: (string | number)[]): Location {
  return {
    path: at.path,
    pointer: at.pointer + keys.map((key) => `/${escapePointer(String(key))}`).join(""),
  };
}

/** The value at a JSON pointer, undefined when nothing stands there. */
export function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) value = /^\d+$/.test(key) ? value[Number(key)] : undefined;
    else value = isRecord(value) ? own(value, key) : undefined;
  }
  return value;
}

/** What a reference written at `from` points to; null when that does not exist. Follows one step. */
export function resolveReference(reference: string, from: Location, source: SchemaSource): SchemaNode | null {
  const hash = reference.indexOf("#");
  const file = decode(hash < 0 ? reference : reference.slice(0, hash));
  const fragment = decode(hash < 0 ? "" : reference.slice(hash + 1));
  if (file === null || fragment === null) return null;
  const target = file === "" ? { path: from.path, pointer: "" } : locateFile(file, from, source);
  if (!target) return null;
  const root = valueAt(source.load(target.path), target.pointer);
  if (root === undefined) return null;
  if (fragment === "" || fragment.startsWith("/")) {
    const schema = valueAt(root, fragment);
    return schema === undefined
      ? null
      : { schema, at: { path: target.path, pointer: target.pointer + fragment } };
  }
  return findMarked(
    root,
    target,
    (schema) =>
      [own(schema, "$anchor"), own(schema, "$dynamicAnchor")].includes(fragment) ||
      own(schema, "$id") === `#${fragment}`,
  );
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** A file by its path beside the one that names it, or a schema of the same file by its `$id`. */
function locateFile(file: string, from: Location, source: SchemaSource): Location | null {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(file)) {
    const path = posix.normalize(posix.join(posix.dirname(from.path), file));
    if (source.load(path) !== undefined) return { path, pointer: "" };
  }
  const here = { path: from.path, pointer: "" };
  const marked = findMarked(source.load(from.path), here, (schema) => {
    const id = own(schema, "$id");
    return typeof id === "string" && (id === file || id.endsWith(`/${file}`));
  });
  return marked?.at ?? null;
}

/** The first object that is marked, breadth first; bounded, so that no file makes it slow. */
function findMarked(
  root: unknown,
  at: Location,
  isMarked: (schema: Record<string, unknown>) => boolean,
): SchemaNode | null {
  const queue: SchemaNode[] = [{ schema: root, at }];
  for (let next = 0; next < queue.length && next < 50_000; next++) {
    const node = queue[next]!;
    if (Array.isArray(node.schema)) {
      for (const [index, schema] of node.schema.entries()) queue.push({ schema, at: below(node.at, index) });
    } else if (isRecord(node.schema)) {
      if (isMarked(node.schema)) return node;
      for (const [key, schema] of Object.entries(node.schema)) {
        if (typeof schema === "object") queue.push({ schema, at: below(node.at, key) });
      }
    }
  }
  return null;
}
