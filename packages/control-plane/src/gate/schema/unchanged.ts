import { isRecord, own, valueAt } from "./resolve.ts";
import { sameJson } from "./shape.ts";
import type { SchemaNode, SchemaSource } from "./types.ts";

/**
 * Tells whether two schemas are the same to the letter, with all that they refer to, so that the unchanged bulk of
 * two large documents need not be compared. `false` only means that it has to be looked at.
 */
export function createUnchanged(
  base: SchemaSource,
  revision: SchemaSource,
): (one: SchemaNode, other: SchemaNode) => boolean {
  if (base.dialect !== revision.dialect) return () => false;
  const changedOf = new Map<string, ReadonlySet<string>>();
  return (one, other) => {
    const key = JSON.stringify([one.at.path, other.at.path]);
    let changed = changedOf.get(key);
    if (!changed) {
      changed = changedTargets(base.load(one.at.path), revision.load(other.at.path));
      changedOf.set(key, changed);
    }
    return (
      sameJson(one.schema, other.schema) && !referencesIn(one.schema).some((target) => changed.has(target))
    );
  };
}

/** References of one file whose targets differ between two documents, themselves or in what they refer to. */
function changedTargets(base: unknown, revision: unknown): ReadonlySet<string> {
  const usedBy = new Map<string, string[]>();
  const changed = new Set<string>();
  const known = new Set<string>(referencesIn(base));
  const queue = [...known];
  for (const target of queue) {
    if (!target.startsWith("#/")) {
      changed.add(target);
      continue;
    }
    const pointer = decodeURIComponent(target.slice(1));
    const value = valueAt(base, pointer);
    if (value === undefined || !sameJson(value, valueAt(revision, pointer))) changed.add(target);
    for (const inner of referencesIn(value)) usedBy.set(inner, [...(usedBy.get(inner) ?? []), target]);
  }
  const spreading = [...changed];
  for (const target of spreading) {
    for (const user of usedBy.get(target) ?? []) {
      if (changed.has(user)) continue;
      changed.add(user);
      spreading.push(user);
    }
  }
  return changed;
}

const found = new WeakMap<object, string[]>();

/** All references that stand anywhere in a value. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const known = found.get(value);
  if (known) return known;
  const references = new Set<string>();
  const queue: unknown[] = [value];
  for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
    if (typeof part !== "object" || part === null) continue;
    if (isRecord(part)) {
      for (const keyword of ["$ref", "$dynamicRef"]) {
        const reference = own(part, keyword);
        if (typeof reference === "string") references.add(reference);
      }
    }
    queue.push(...Object.values(part));
  }
  const list = [...references];
  found.set(value, list);
  return list;
}
