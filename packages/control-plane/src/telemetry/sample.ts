import type { Indicator } from "@toban/definition";
import { addCounts, type BucketCounts, quantileMs } from "./buckets.ts";

export type SampleQuery = { id: string; indicator: Indicator; windowMs: number };
/** `value` null means that there is no data. Latency is in ms, ratios are 0…1. */
export type Sample = { value: number | null; samples: number; latestAt: Date | null };

/** What one shared scan of a source returns. `slot` is the smallest window, by index, that holds the rows. */
export type SpanRow = {
  service: string;
  route: string;
  status_class: string;
  failed: number;
  slot: number;
  bucket: number;
  count: number;
  latest: number;
};
export type PointRow = {
  name: string;
  service: string;
  series: string;
  slot: number;
  highest: number;
  lowest: number;
  sum: number;
  count: number;
  last: number;
  latest: number;
};
export type PresenceRow = { service: string; slot: number; count: number; latest: number };
export type PresenceSource = "spans" | "points" | "logs";

export type Scans = {
  spans(services: string[], windows: number[]): Promise<SpanRow[]>;
  points(names: string[], windows: number[]): Promise<PointRow[]>;
  presence(source: PresenceSource, services: string[], windows: number[]): Promise<PresenceRow[]>;
};

const SOURCE_OF = { spans: "spans", metrics: "points", logs: "logs" } as const;

/** Answers all queries with at most one scan per source, however many queries there are. */
export async function answerSamples(
  queries: SampleQuery[],
  scans: Scans,
  /** False while acknowledged data is still on its way into the store: silence proves nothing then. */
  complete: boolean,
): Promise<Map<string, Sample>> {
  const windows = [...new Set(queries.map((query) => query.windowMs))].sort((a, b) => a - b);
  const slotOf = (query: SampleQuery) => windows.indexOf(query.windowMs);
  const of = <K extends Indicator["kind"]>(kinds: K[]) =>
    queries.flatMap(({ indicator, ...query }) =>
      (kinds as string[]).includes(indicator.kind)
        ? [
            {
              ...query,
              slot: windows.indexOf(query.windowMs),
              indicator: indicator as Extract<Indicator, { kind: K }>,
            },
          ]
        : [],
    );
  const requests = of(["error-ratio", "latency"]);
  const gauges = of(["gauge"]);
  const missing = of(["missing"]);
  const absences = of(["absence"]);
  const unique = (values: string[]) => [...new Set(values)];
  const names = unique([
    ...gauges.map((q) => q.indicator.metric),
    ...missing.flatMap((q) => q.indicator.metrics),
  ]);

  const [spanRows, pointRows, ...presenceRows] = await Promise.all([
    requests.length ? scans.spans(unique(requests.map((q) => q.indicator.service)), windows) : [],
    names.length ? scans.points(names, windows) : [],
    ...(["spans", "metrics", "logs"] as const).map(async (signal) => {
      const services = unique(
        absences.filter((q) => q.indicator.signal === signal).map((q) => q.indicator.service),
      );
      const rows = services.length ? await scans.presence(SOURCE_OF[signal], services, windows) : [];
      return rows.map((row) => ({ ...row, signal }));
    }),
  ]);

  return new Map(
    queries.map((query) => {
      const { indicator } = query;
      const slot = slotOf(query);
      if (indicator.kind === "gauge") {
        const rows = pointRows.filter(
          (row) =>
            row.slot <= slot &&
            row.name === indicator.metric &&
            (indicator.service === undefined || row.service === indicator.service),
        );
        return [query.id, gaugeSample(indicator.aggregate, rows)];
      }
      if (indicator.kind === "missing") {
        const rows = pointRows.filter(
          (row) =>
            row.slot <= slot &&
            indicator.metrics.includes(row.name) &&
            (indicator.service === undefined || row.service === indicator.service),
        );
        const silent = indicator.metrics.filter((name) => !rows.some((row) => row.name === name)).length;
        return [
          query.id,
          { value: silent > 0 && !complete ? null : silent, samples: total(rows), latestAt: latest(rows) },
        ];
      }
      if (indicator.kind === "absence") {
        const rows = presenceRows
          .flat()
          .filter(
            (row) => row.slot <= slot && row.service === indicator.service && row.signal === indicator.signal,
          );
        const samples = total(rows);
        const value = samples > 0 ? 0 : complete ? 1 : null;
        return [query.id, { value, samples, latestAt: latest(rows) }];
      }
      const rows = spanRows.filter(
        (row) =>
          row.slot <= slot &&
          row.service === indicator.service &&
          (indicator.route === undefined || row.route === indicator.route),
      );
      return [query.id, requestSample(indicator, rows)];
    }),
  );
}

const total = (rows: { count: number }[]) => rows.reduce((sum, row) => sum + row.count, 0);

function latest(rows: { latest: number }[]): Date | null {
  return rows.length === 0 ? null : new Date(Math.max(...rows.map((row) => row.latest)));
}

function requestSample(
  indicator: Extract<Indicator, { kind: "error-ratio" | "latency" }>,
  rows: SpanRow[],
): Sample {
  const samples = total(rows);
  if (samples === 0) return { value: null, samples: 0, latestAt: null };
  if (indicator.kind === "latency") {
    const counts: BucketCounts = addCounts(
      new Map(),
      rows.map((row): [number, number] => [row.bucket, row.count]),
    );
    return { value: quantileMs(counts, indicator.quantile), samples, latestAt: latest(rows) };
  }
  const bad = rows.filter((row) =>
    indicator.statusClass === "5xx" ? row.failed === 1 : row.status_class === indicator.statusClass,
  );
  return { value: total(bad) / samples, samples, latestAt: latest(rows) };
}

function gaugeSample(aggregate: "max" | "avg" | "min" | "last" | "sum", rows: PointRow[]): Sample {
  const samples = total(rows);
  if (samples === 0) return { value: null, samples: 0, latestAt: null };
  return { value: gaugeValue(aggregate, rows, samples), samples, latestAt: latest(rows) };
}

function gaugeValue(
  aggregate: "max" | "avg" | "min" | "last" | "sum",
  rows: PointRow[],
  samples: number,
): number {
  switch (aggregate) {
    case "max":
      return Math.max(...rows.map((row) => row.highest));
    case "min":
      return Math.min(...rows.map((row) => row.lowest));
    case "avg":
      return rows.reduce((sum, row) => sum + row.sum, 0) / samples;
    case "last":
      return rows.reduce((newest, row) => (row.latest > newest.latest ? row : newest)).last;
    case "sum": {
      // The newest value of every series, added: adding all samples would count a series many times.
      const newest = new Map<string, PointRow>();
      for (const row of rows) {
        const key = `${row.service}\u0000${row.series}`;
        const known = newest.get(key);
        if (!known || row.latest > known.latest) newest.set(key, row);
      }
      return [...newest.values()].reduce((sum, row) => sum + row.last, 0);
    }
  }
}
