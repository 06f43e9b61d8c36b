import { posix } from "node:path";
import { isRecord, own } from "../schema/index.ts";
import type { Document } from "./documents.ts";

/** Every object of a document, itself first. */
function* objectsOf(root: unknown): Generator<Record<string, unknown>> {
  const stack: unknown[] = [root];
  const seen = new Set<unknown>();
  while (stack.length > 0) {
    const value = stack.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isRecord(value)) yield value;
    stack.push(...Object.values(value));
  }
}

/** `nullable: true` of OpenAPI stands in many a JSON Schema, and its readers act on it: it becomes a type. */
export function spellOutNull(root: unknown): void {
  for (const schema of objectsOf(root)) {
    const type = own(schema, "type");
    if (own(schema, "nullable") !== true || typeof type !== "string") continue;
    schema.type = [type, "null"];
    const values = own(schema, "enum");
    if (Array.isArray(values) && !values.includes(null)) schema.enum = [...values, null];
  }
}

/** What a schema registry answers for a version: the schema is a text in it. Null when it is something else. */
export function fromRegistry(value: unknown): { schema: unknown } | null {
  if (!isRecord(value)) return null;
  const text = own(value, "schema") ?? own(value, "Content");
  const isAnswer = ["subject", "schemaType", "SchemaName"].some((key) => own(value, key) !== undefined);
  if (typeof text !== "string" || !(isAnswer || Object.keys(value).length === 1)) return null;
  try {
    return { schema: JSON.parse(text) };
  } catch {
    return null;
  }
}

/**
 * Turns references to another file's `$id` into references to its path, so that folders of schemas that name each
 * other by address can be read without a network.
 */
export function linkById(documents: Document[]): void {
  const byId = new Map<string, string>();
  for (const { value, file } of documents) {
    const id = isRecord(value) ? (own(value, "$id") ?? own(value, "id")) : undefined;
    if (typeof id === "string" && id !== "") byId.set(id.replace(/#$/, ""), file.path);
  }
  const paths = new Set(documents.map(({ file }) => file.path));
  for (const { value, file } of documents) {
    const id = isRecord(value) ? own(value, "$id") : undefined;
    const folder = posix.dirname(file.path);
    for (const schema of objectsOf(value)) {
      const reference = own(schema, "$ref");
      if (typeof reference !== "string" || reference.startsWith("#")) continue;
      const [target = "", fragment] = reference.split("#");
      if (paths.has(posix.normalize(posix.join(folder, target)))) continue;
      const found = byId.get(target) ?? byId.get(resolved(target, typeof id === "string" ? id : ""));
      if (found === undefined) continue;
      const relative = posix.relative(folder, found).split("/").map(encodeURIComponent).join("/");
      schema.$ref = `${relative}${fragment === undefined ? "" : `#${fragment}`}`;
    }
  }
}

function resolved(reference: string, base: string): string {
  return URL.canParse(reference, base) ? new URL(reference, base).href : reference;
}
