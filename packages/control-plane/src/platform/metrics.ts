/** Where the control plane reports its own figures; `app` connects it to the telemetry store. */
export type Metrics = {
  /** The value now. Names are dotted (`toban.audit.lag`), units are those of thresholds: ms, counts, ratios 0…1. */
  gauge(name: string, value: number, labels?: Record<string, string>): void;
};

export const noMetrics: Metrics = { gauge: () => {} };
