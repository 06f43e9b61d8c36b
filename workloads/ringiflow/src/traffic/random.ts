/** Repeatable chance: the same seed gives the same users, texts and decisions. */
export type Chance = {
  /** Below 1. */
  next(): number;
  whole(min: number, max: number): number;
  pick<T>(items: readonly T[]): T;
  happens(probability: number): boolean;
  shuffled<T>(items: readonly T[]): T[];
};

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for choosing texts. */
export function seededChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    whole,
    pick: (items) => items[whole(0, items.length - 1)]!,
    happens: (probability) => next() < probability,
    shuffled(items) {
      const copy = [...items];
      for (let last = copy.length - 1; last > 0; last--) {
        const other = whole(0, last);
        [copy[last], copy[other]] = [copy[other]!, copy[last]!];
      }
      return copy;
    },
  };
}
