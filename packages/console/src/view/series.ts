import type { Series, Service } from "../api/types.ts";

export type Metric = "requestsPerSecond" | "errorRatio" | "p99Ms";

/** The newest time of all services' series: the right edge of the one time axis that all charts share. */
export function sharedRange(services: Service[]): { from: number; to: number } | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { series } of services) {
    for (const at of series.at) {
      if (at < from) from = at;
      if (at > to) to = at;
    }
  }
  return to > from ? { from, to } : null;
}

/** Index of the sample nearest to `at`, or null when it is more than one and a half steps away. */
export function nearestIndex(times: number[], at: number): number | null {
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  for (let index = 0; index < times.length; index++) {
    const away = Math.abs(times[index]! - at);
    if (away < distance) {
      distance = away;
      best = index;
    }
  }
  if (best === -1) return null;
  const step = times.length > 1 ? Math.abs(times[1]! - times[0]!) : Number.POSITIVE_INFINITY;
  return distance <= step * 1.5 ? best : null;
}

export const hasAnyData = (series: Series): boolean =>
  [series.requestsPerSecond, series.errorRatio, series.p99Ms].some((column) =>
    column.some((value) => value !== null),
  );

/** Samples with no measured neighbour: a line alone would not show them. */
export function loneSamples(values: readonly (number | null | undefined)[]): number[] {
  const lone: number[] = [];
  for (let index = 0; index < values.length; index++) {
    if (values[index] == null) continue;
    if (values[index - 1] == null && values[index + 1] == null) lone.push(index);
  }
  return lone;
}

/** Stretches without data, as [from, to] in the series' own times. */
export function gapsOf(
  times: readonly number[],
  values: readonly (number | null | undefined)[],
): [number, number][] {
  const gaps: [number, number][] = [];
  let start: number | null = null;
  for (let index = 0; index < times.length; index++) {
    if (values[index] == null) {
      start ??= times[Math.max(0, index - 1)]!;
    } else if (start !== null) {
      gaps.push([start, times[index]!]);
      start = null;
    }
  }
  if (start !== null) gaps.push([start, times.at(-1)!]);
  return gaps;
}
