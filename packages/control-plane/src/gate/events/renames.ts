import { type Difference, isRecord, type Location, valueAt } from "../schema/index.ts";
import { sameJson } from "../schema/shape.ts";
import type { Library } from "./documents.ts";

/** A difference as it is told; `renamedTo` when it stands for a property that came back under another name. */
export type Step = { difference: Difference; renamedTo?: string; isRequired?: boolean; isSpelling?: boolean };

/**
 * Joins a property that disappeared with one that appeared in the same object: the only pair there with equal
 * schemas, or a pair whose names differ only in how they are spelled.
 */
export function joinRenames(differences: Difference[], base: Library, revision: Library): Step[] {
  const renamed = new Map<Difference, { to: Difference; isSpelling: boolean }>();
  const gone = differences.filter(({ kind }) => kind === "property-removed");
  const fresh = differences.filter(({ kind }) => kind === "property-added");
  for (const from of gone) {
    const candidates = fresh.filter(({ path }) => path === from.path);
    const spelled = candidates.find((to) => letters(nameOf(to)) === letters(nameOf(from)));
    const alone = gone.filter(({ path }) => path === from.path).length === 1 && candidates.length === 1;
    const only = alone && sameSchema(from, candidates[0]!, base, revision) ? candidates[0] : undefined;
    const to = spelled ?? only;
    if (!to) continue;
    const isSame =
      spelled !== undefined ||
      isLonger(letters(nameOf(from)), letters(nameOf(to))) ||
      (only !== undefined && rankIn(base, from.base) === rankIn(revision, to.revision));
    renamed.set(from, { to, isSpelling: isSame });
  }
  const told = new Set([...renamed.values()].map(({ to }) => to));
  const isPartOf = (one: Difference) =>
    [...renamed].find(
      ([from, { to }]) =>
        one.path === from.path &&
        ((one.kind === "required-removed" && nameOf(one) === nameOf(from)) ||
          (one.kind === "required-added" && nameOf(one) === nameOf(to))),
    );
  return differences.flatMap((difference): Step[] => {
    if (told.has(difference)) return [];
    const rename = renamed.get(difference);
    if (!rename) return isPartOf(difference) ? [] : [{ difference }];
    const isRequired = differences.some((one) => isPartOf(one)?.[0] === difference);
    // It is shown where the new name stands.
    const moved = { ...difference, revision: rename.to.revision };
    return [{ difference: moved, renamedTo: nameOf(rename.to), isRequired, isSpelling: rename.isSpelling }];
  });
}

const nameOf = (difference: Difference): string => String(difference.params.name ?? "");

/** `email` and `emailAddress` are one thing; `id` is in too many names to tell. */
const isLonger = (one: string, other: string): boolean =>
  Math.min(one.length, other.length) >= 4 && (one.includes(other) || other.includes(one));

/** Which of its object's properties it is: one that was renamed in place keeps its rank, a new one comes last. */
function rankIn(library: Library, { path, pointer }: Location): number {
  const cut = pointer.lastIndexOf("/");
  const siblings = valueAt(library.documents.get(path)?.value, pointer.slice(0, cut));
  const name = pointer
    .slice(cut + 1)
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");
  return isRecord(siblings) ? Object.keys(siblings).indexOf(name) : -1;
}

const letters = (name: string): string => name.replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();

function sameSchema(from: Difference, to: Difference, base: Library, revision: Library): boolean {
  const before = valueAt(base.documents.get(from.base.path)?.value, from.base.pointer);
  const after = valueAt(revision.documents.get(to.revision.path)?.value, to.revision.pointer);
  return sameJson(plain(before), plain(after));
}

/** Without what only people read. */
function plain(schema: unknown): unknown {
  if (!isRecord(schema)) return schema;
  const { title: _, description: __, examples: ___, $comment: ____, ...rest } = schema;
  return rest;
}
