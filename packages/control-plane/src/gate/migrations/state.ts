import type { RangeVar } from "libpg-query";
import type { Change, Objects } from "./types.ts";

/** A point to which the state can go back. */
export type Mark = number;

/**
 * The schema as the history so far left it. Objects are never changed in place: an edit puts another object under the
 * same name, so what a rule keeps stays as it was.
 */
export type State = {
  /** The migration that runs, counted from 0 in its set. */
  migration: number;
  get<K extends keyof Objects>(kind: K, name: string): Objects[K] | undefined;
  all<K extends keyof Objects>(kind: K): Iterable<Objects[K]>;
  set<K extends keyof Objects>(kind: K, name: string, object: Objects[K] | undefined): void;
  /** The full name of a relation: qualified, or the first on the path that exists, or in the path's first schema. */
  resolve(relation: RangeVar | undefined, searchPath: readonly string[]): string;
  /** Made by the running migration and never filled: nobody else uses it and no scan of it takes time. */
  isNew(table: string): boolean;
  /** Made by the running migration, whether rows are in it or not: no live version can be using it. */
  madeHere(table: string): boolean;
  indexesOf(table: string): Objects["index"][];
  mark(): Mark;
  rollback(mark: Mark): void;
  changes(since: Mark): Change[];
};

type AnyObject = Objects[keyof Objects];
type Entry = { kind: keyof Objects; name: string; before: AnyObject | undefined };

/** An empty schema. */
export function emptyState(): State {
  const maps: { [K in keyof Objects]: Map<string, Objects[K]> } = {
    table: new Map(),
    index: new Map(),
    type: new Map(),
    view: new Map(),
    function: new Map(),
    schema: new Map(),
    sequence: new Map(),
    extension: new Map(),
    droppedIndex: new Map(),
  };
  const journal: Entry[] = [];
  const indexNames = new Map<string, Set<string>>();
  const mapOf = (kind: keyof Objects) => maps[kind] as Map<string, AnyObject>;

  const isRelation = (kind: keyof Objects) =>
    kind === "table" || kind === "view" || kind === "index" || kind === "sequence";
  /** The full names of relations: how many kinds have it. */
  const relations = new Map<string, number>();
  let temporary = 0;
  const count = (name: string, step: 1 | -1) => {
    relations.set(name, (relations.get(name) ?? 0) + step);
    if (name.startsWith("pg_temp.")) temporary += step;
  };

  const put = (kind: keyof Objects, name: string, object: AnyObject | undefined) => {
    const map = mapOf(kind);
    if (kind === "index") {
      const old = map.get(name) as Objects["index"] | undefined;
      if (old !== undefined) indexNames.get(old.table)?.delete(name);
      const table = (object as Objects["index"] | undefined)?.table;
      if (table !== undefined) {
        const names = indexNames.get(table) ?? new Set();
        indexNames.set(table, names.add(name));
      }
    }
    if (isRelation(kind) && map.has(name) !== (object !== undefined)) count(name, object ? 1 : -1);
    if (object === undefined) map.delete(name);
    else map.set(name, object);
  };

  const exists = (name: string) => (relations.get(name) ?? 0) > 0;

  const state: State = {
    migration: 0,
    get: (kind, name) => maps[kind].get(name),
    all: (kind) => maps[kind].values(),
    set(kind, name, object) {
      journal.push({ kind, name, before: mapOf(kind).get(name) });
      put(kind, name, object);
    },
    resolve(relation, searchPath) {
      const name = relation?.relname ?? "";
      if (relation?.schemaname !== undefined) return `${relation.schemaname}.${name}`;
      if (relation?.relpersistence === "t") return `pg_temp.${name}`;
      if (temporary > 0 && exists(`pg_temp.${name}`)) return `pg_temp.${name}`;
      for (const schema of searchPath) {
        const full = `${schema}.${name}`;
        if (exists(full)) return full;
      }
      return `${searchPath[0] ?? "public"}.${name}`;
    },
    madeHere(name) {
      const table = maps.table.get(name);
      return (
        table?.persistence === "temporary" ||
        (table?.made !== undefined && table.made.migration === state.migration)
      );
    },
    isNew(name) {
      const table = maps.table.get(name);
      if (table === undefined) return false;
      if (table.persistence === "temporary") return true;
      return state.madeHere(name) && !table.filled;
    },
    indexesOf: (table) => [...(indexNames.get(table) ?? [])].flatMap((name) => maps.index.get(name) ?? []),
    mark: () => journal.length,
    rollback(mark) {
      while (journal.length > mark) {
        const entry = journal.pop()!;
        put(entry.kind, entry.name, entry.before);
      }
    },
    changes(since) {
      const first = new Map<string, Entry>();
      for (let at = since; at < journal.length; at += 1) {
        const entry = journal[at]!;
        const key = `${entry.kind} ${entry.name}`;
        if (!first.has(key)) first.set(key, entry);
      }
      const found: Change[] = [];
      for (const { kind, name, before } of first.values()) {
        const after = mapOf(kind).get(name);
        if (before !== after) found.push({ kind, name, before, after } as Change);
      }
      return found;
    },
  };
  return state;
}
