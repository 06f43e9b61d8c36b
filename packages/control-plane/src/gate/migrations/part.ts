import type { Statement, StatementKind, StatementOf } from "./types.ts";

/**
 * The statements of a script before or behind one of them. They are looked for by their kind, so that a script of many
 * thousand statements does not have each of them look at all others; and by the relation that they are about, when
 * `on` is its full name.
 */
export type Part = {
  some<K extends StatementKind>(
    kinds: K | readonly K[],
    test: (one: StatementOf<K>) => boolean,
    on?: string,
  ): boolean;
  /** The first in the order of the script. */
  find<K extends StatementKind>(
    kinds: K | readonly K[],
    test: (one: StatementOf<K>) => boolean,
    on?: string,
  ): StatementOf<K> | undefined;
};

/** Both parts of a script around the statement that `current` says, counted from 0. */
export function partsAround(
  statements: readonly Statement[],
  current: () => number,
): { earlier: Part; later: Part } {
  let index: ReadonlyMap<string, readonly number[]> | undefined;
  const first = (key: string, from: number, to: number, test: (one: Statement) => boolean) => {
    index ??= indexOf(statements);
    const all = index.get(key) ?? [];
    for (let next = firstFrom(all, from); next < all.length && all[next]! < to; next += 1) {
      if (test(statements[all[next]!]!)) return all[next]!;
    }
    return undefined;
  };
  const part = (range: () => readonly [from: number, to: number]): Part => {
    const find = <K extends StatementKind>(
      kinds: K | readonly K[],
      test: (one: StatementOf<K>) => boolean,
      on?: string,
    ) => {
      const [from, to] = range();
      let found = to;
      for (const kind of typeof kinds === "string" ? [kinds] : kinds) {
        const key = on === undefined ? kind : `${kind} ${on.slice(on.indexOf(".") + 1)}`;
        found = first(key, from, found, test as (one: Statement) => boolean) ?? found;
      }
      return found < to ? (statements[found] as StatementOf<K>) : undefined;
    };
    return { find, some: (kinds, test, on) => find(kinds, test, on) !== undefined };
  };
  return {
    earlier: part(() => [0, current()]),
    later: part(() => [current() + 1, statements.length]),
  };
}

/** Where the statements of a kind are, and those of a kind on a relation of that name without its schema. */
function indexOf(statements: readonly Statement[]): Map<string, number[]> {
  const index = new Map<string, number[]>();
  const add = (key: string, at: number) => {
    const known = index.get(key);
    if (known) known.push(at);
    else index.set(key, [at]);
  };
  for (const [at, { kind, node }] of statements.entries()) {
    add(kind, at);
    const relation = "relation" in node ? node.relation : undefined;
    if (typeof relation === "object") add(`${kind} ${relation.relname ?? ""}`, at);
  }
  return index;
}

/** Where in ascending numbers those begin that are at least `from`. */
function firstFrom(numbers: readonly number[], from: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
