/** Small guards for JSON that somebody else's tool has written. */
export type Json = Record<string, unknown>;

export const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const recordOf = (value: unknown): Json => (isRecord(value) ? value : {});

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** A string with something in it, or undefined. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;

export const textsOf = (value: unknown): string[] =>
  listOf(value).flatMap((item) => {
    const text = textOf(item);
    return text === undefined ? [] : [text];
  });

/** Parses JSON with or without a byte order mark; undefined when it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

/** A moment that a tool wrote (nanoseconds included), or undefined when it is none. */
export function momentOf(value: unknown): Date | undefined {
  const text = textOf(value);
  if (text === undefined || !/^\d{4}-\d\d-\d\dT/.test(text)) return undefined;
  const moment = new Date(text);
  // Go writes the year 1 for a time that was never set.
  return Number.isNaN(moment.getTime()) || moment.getUTCFullYear() < 2000 ? undefined : moment;
}
