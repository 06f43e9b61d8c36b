import type { AlertingDeps } from "../alerting/index.ts";
import type { AuditSignals } from "../audit/index.ts";

/** Alerts on the audit log name the newest event that they counted. */
export const causeOf =
  (signals: Pick<AuditSignals, "newest">): NonNullable<AlertingDeps["cause"]> =>
  async (_ctx, indicator) => {
    const event = indicator.kind === "gauge" ? await signals.newest(indicator.metric) : null;
    if (!event) return null;
    const { tsUs, ...named } = event;
    return { ...named, at: new Date(tsUs / 1000).toISOString() };
  };
