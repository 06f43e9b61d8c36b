import type { Statement, StatementKind, StatementOf } from "./types.ts";

/**
 * The statements of a script before or behind one of them. They are looked for by their kind, so that a script of many
 * thousand statements does not have each of them look at all others.
 */
export type Part = {
  some<K extends StatementKind>(kinds: K | readonly K[], test: (one: StatementOf<K>) => boolean): boolean;
  /** The first in the order of the script. */
  find<K extends StatementKind>(
    kinds: K | readonly K[],
    test: (one: StatementOf<K>) => boolean,
  ): StatementOf<K> | undefined;
};

/** Both parts of a script around the statement that `current` says, counted from 0. */
export function partsAround(
  statements: readonly Statement[],
  current: () => number,
): { earlier: Part; later: Part } {
  const byKind = new Map<StatementKind, number[]>();
  for (const [at, { kind }] of statements.entries()) {
    const known = byKind.get(kind);
    if (known) known.push(at);
    else byKind.set(kind, [at]);
  }
  const first = (kind: StatementKind, from: number, to: number, test: (one: Statement) => boolean) => {
    const all = byKind.get(kind) ?? [];
    for (let next = firstFrom(all, from); next < all.length && all[next]! < to; next += 1) {
      if (test(statements[all[next]!]!)) return all[next]!;
    }
    return undefined;
  };
  const part = (range: () => readonly [from: number, to: number]): Part => {
    const find = <K extends StatementKind>(
      kinds: K | readonly K[],
      test: (one: StatementOf<K>) => boolean,
    ) => {
      const [from, to] = range();
      let found = to;
      for (const kind of typeof kinds === "string" ? [kinds] : kinds) {
        found = first(kind, from, found, test as (one: Statement) => boolean) ?? found;
      }
      return found < to ? (statements[found] as StatementOf<K>) : undefined;
    };
    return { find, some: (kinds, test) => find(kinds, test) !== undefined };
  };
  return {
    earlier: part(() => [0, current()]),
    later: part(() => [current() + 1, statements.length]),
  };
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
