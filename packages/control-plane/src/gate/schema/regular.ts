import { ANY, type Ranges, readPattern, type Tree } from "./pattern-syntax.ts";

/**
 * Patterns as finite automata (Thompson's construction, subsets made as they are needed), so that one answer takes
 * time linear in the text, and inclusion of one pattern in another can be decided at all.
 */
type Automaton = { empty: number[][]; edges: [Ranges, number][][]; start: number; end: number };

const MOST_STATES = 3_000;
const MOST_PAIRS = 4_000;
const MOST_TRANSITIONS = 200_000;

const built = new Map<string, Automaton | null>();

/** Whether a pattern is found in a text; undefined when the pattern is not regular or too large. */
export function matches(pattern: string, text: string): boolean | undefined {
  const automaton = automatonOf(pattern);
  if (!automaton) return undefined;
  let states = closure(automaton, [automaton.start]);
  for (const character of text) states = step(automaton, states, character.codePointAt(0)!);
  return states.includes(automaton.end);
}

/** Whether every text with `inner` (every text at all, when null) has `outer` too; undefined when undecided. */
export function includes(outer: string, inner: string | null): boolean | undefined {
  const large = automatonOf(outer);
  const small = automatonOf(inner ?? "");
  if (!large || !small) return undefined;
  const letters = representatives(large, small);
  const queue = [{ one: closure(small, [small.start]), other: closure(large, [large.start]) }];
  const seen = new Set<string>();
  let transitions = 0;
  for (let next = 0; next < queue.length; next++) {
    const { one, other } = queue[next]!;
    if (one.includes(small.end) && !other.includes(large.end)) return false;
    for (const letter of letters) {
      if (transitions++ > MOST_TRANSITIONS) return undefined;
      const after = step(small, one, letter);
      if (after.length === 0) continue;
      const pair = { one: after, other: step(large, other, letter) };
      const key = `${pair.one.join()};${pair.other.join()}`;
      if (seen.has(key)) continue;
      if (seen.size > MOST_PAIRS) return undefined;
      seen.add(key);
      queue.push(pair);
    }
  }
  return true;
}

/** One character of every class that the two tell apart. */
function representatives(...automata: Automaton[]): number[] {
  const bounds = new Set<number>([0]);
  for (const { edges } of automata) {
    for (const [ranges] of edges.flat()) {
      for (const [from, to] of ranges) {
        bounds.add(from);
        if (to < 0x10ffff) bounds.add(to + 1);
      }
    }
  }
  return [...bounds];
}

function automatonOf(pattern: string): Automaton | null {
  const known = built.get(pattern);
  if (known !== undefined) return known;
  if (built.size > 1_000) built.clear();
  const automaton = build(pattern);
  built.set(pattern, automaton);
  return automaton;
}

function build(pattern: string): Automaton | null {
  if (pattern.length > 1_000) return null;
  const alternatives = readPattern(pattern);
  if (!alternatives) return null;
  const automaton: Automaton = { empty: [], edges: [], start: 0, end: 0 };
  const state = () => {
    if (automaton.empty.length >= MOST_STATES) throw TOO_LARGE;
    automaton.empty.push([]);
    automaton.edges.push([]);
    return automaton.empty.length - 1;
  };
  const link = (from: number, to: number) => automaton.empty[from]!.push(to);
  /** Appends what a tree accepts behind `from` and returns where it ends. */
  const append = (tree: Tree, from: number): number => {
    if (tree.kind === "set") {
      const to = state();
      automaton.edges[from]!.push([tree.ranges, to]);
      return to;
    }
    if (tree.kind === "sequence") return tree.parts.reduce((at, part) => append(part, at), from);
    if (tree.kind === "choice") {
      const to = state();
      for (const part of tree.parts) link(append(part, from), to);
      return to;
    }
    let at = from;
    for (let count = 0; count < tree.min; count++) at = append(tree.part, at);
    const to = state();
    if (tree.max === Number.POSITIVE_INFINITY) {
      const loop = state();
      link(at, loop);
      link(append(tree.part, loop), loop);
      link(loop, to);
      return to;
    }
    link(at, to);
    for (let count = tree.min; count < tree.max; count++) {
      // Each further repetition begins at a state of its own, so that no way leads back.
      const begin = state();
      link(at, begin);
      at = append(tree.part, begin);
      link(at, to);
    }
    return to;
  };
  try {
    automaton.start = state();
    automaton.end = state();
    for (const { tree, fromStart, toEnd } of alternatives) {
      const anything: Tree = {
        kind: "repeat",
        part: { kind: "set", ranges: ANY },
        min: 0,
        max: Number.POSITIVE_INFINITY,
      };
      const parts = [...(fromStart ? [] : [anything]), tree, ...(toEnd ? [] : [anything])];
      const begin = state();
      link(automaton.start, begin);
      link(append({ kind: "sequence", parts }, begin), automaton.end);
    }
    return automaton;
  } catch (error) {
    if (error === TOO_LARGE) return null;
    throw error;
  }
}

const TOO_LARGE = new Error("too many states");

/** All states that are reached without a character, sorted. */
function closure({ empty }: Automaton, states: readonly number[]): number[] {
  const found = new Set(states);
  const queue = [...states];
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    for (const next of empty[state]!) {
      if (found.has(next)) continue;
      found.add(next);
      queue.push(next);
    }
  }
  return [...found].sort((one, other) => one - other);
}

function step(automaton: Automaton, states: readonly number[], letter: number): number[] {
  const reached = new Set<number>();
  for (const state of states) {
    for (const [ranges, to] of automaton.edges[state]!) {
      if (ranges.some(([from, until]) => letter >= from && letter <= until)) reached.add(to);
    }
  }
  return closure(automaton, [...reached]);
}
