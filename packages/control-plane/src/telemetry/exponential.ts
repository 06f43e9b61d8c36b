import type { Loose } from "./decode.ts";
import * as read from "./values.ts";
import { WrongField } from "./values.ts";

/**
 * An exponential histogram as explicit bounds. Bucket i of scale s covers (2^(i/2^s), 2^((i+1)/2^s)].
 * Negative values are counted in the first bucket, which ends at the smallest positive bound.
 */
export function exponentialBuckets(point: Loose): { bounds: number[]; buckets: string[] } {
  const scale = Number(read.integer(point.scale));
  const positive = read.child(point.positive);
  const offset = Number(read.integer(positive.offset));
  const counts = counting(positive);
  const all = [read.unsigned(point.zeroCount), ...counting(read.child(point.negative))];
  const below = read.unsigned(all.reduce((a, b) => a + b, 0n).toString());
  if (counts.length > 1024) throw new WrongField("too many buckets");
  if (counts.length === 0) return { bounds: [0], buckets: [below.toString(), "0"] };
  const bounds = Array.from({ length: counts.length + 1 }, (_, i) => 2 ** ((offset + i) * 2 ** -scale));
  const last = bounds.at(-1)!;
  if (!Number.isFinite(last) || !(bounds[0]! < last))
    throw new WrongField("the scale of a histogram is out of range");
  return { bounds, buckets: [below, ...counts, 0n].map(String) };
}

function counting(side: Loose): bigint[] {
  const counts = side.bucketCounts;
  if (counts === undefined || counts === null) return [];
  if (!Array.isArray(counts)) throw new WrongField("expected a list of numbers");
  return counts.map(read.unsigned);
}
