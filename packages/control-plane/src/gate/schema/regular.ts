/** Whether a pattern is found in a text; undefined when the pattern is not understood. */
export function matches(_pattern: string, _text: string): boolean | undefined {
  return undefined;
}

/** Whether every text in which `inner` is found (every text, when null) has `outer` too; undefined when undecided. */
export function includes(_outer: string, _inner: string | null): boolean | undefined {
  return undefined;
}
