const FIRST_MS = 250;
const LONGEST_MS = 30_000;
/** An instance that was healthy this long has recovered: its next crash starts at the shortest wait again. */
export const RECOVERED_AFTER_MS = 60_000;

/**
 * Wait in ms before the `streak`-th restart in a row (from 1): 250 ms doubling up to 30 s, spread over
 * 50 to 150 % so that instances that crashed together do not start together. `random` is in [0, 1).
 */
export function backoffMs(streak: number, random: number): number {
  const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(streak - 1, 20));
  return Math.round(wait * (0.5 + random));
}
