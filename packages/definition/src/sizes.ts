import type { Scalar } from "./model/values.ts";

/** The bare number of a scalar in its base unit; compare only scalars of one unit. */
export function sizeOf(value: Scalar): number {
  switch (value.kind) {
    case "duration":
      return value.ms;
    case "ratio":
      return value.ratio;
    case "count":
      return value.count;
    case "money":
      return value.amount;
    case "rate":
      return value.perSecond;
    case "size":
      return value.bytes;
  }
}

export const sameUnit = (a: Scalar, b: Scalar): boolean =>
  a.kind === b.kind && (a.kind !== "money" || b.kind !== "money" || a.currency === b.currency);
