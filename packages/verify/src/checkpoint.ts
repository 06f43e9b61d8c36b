// The head of a tree as a text to sign (C2SP tlog-checkpoint): origin, size, root, and extension lines.
import { HASH_BYTES } from "./merkle.ts";
import { decodeBase64 } from "./note.ts";

export type Checkpoint = { origin: string; size: number; root: Buffer; extensions: string[] };

const SIZE = /^(0|[1-9][0-9]*)$/;
const TIME = /^time (\S+)$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a line must not contain
const LINE = /^[^\u0000-\u001f]+$/;

export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  const text = [origin, String(size), root.toString("base64"), ...extensions, ""].join("\n");
  parseCheckpoint(text);
  return text;
}

/** Throws a TypeError unless `text` is a checkpoint; every checkpoint has one text only. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split("\n");
  if (lines.pop() !== "" || !lines.every((line) => LINE.test(line))) throw new TypeError("not a checkpoint");
  const [origin, size, base64, ...extensions] = lines;
  if (origin === undefined || size === undefined || base64 === undefined)
    throw new TypeError("not a checkpoint");
  if (!SIZE.test(size) || !Number.isSafeInteger(Number(size)))
    throw new TypeError("the checkpoint has no size");
  const root = decodeBase64(base64);
  if (root?.length !== HASH_BYTES) throw new TypeError("the checkpoint has no root");
  return { origin, size: Number(size), root, extensions };
}

/** When the tree was sealed, from Toban's extension line `time <RFC 3339>`; other logs' checkpoints have none. */
export function checkpointTime({ extensions }: Checkpoint): string | undefined {
  const times = extensions.flatMap((line) => TIME.exec(line)?.[1] ?? []);
  return times.length === 1 && isTimestamp(times[0]!) ? times[0] : undefined;
}

/** RFC 3339 in UTC, and a moment that exists: the 30th of February is not rolled over into March. */
export function isTimestamp(text: string): boolean {
  if (!TIMESTAMP.test(text)) return false;
  const moment = new Date(`${text.slice(0, 19)}Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().slice(0, 19) === text.slice(0, 19);
}
