import { createHash } from "node:crypto";
import type { Ctx } from "../platform/ctx.ts";
import { refusalOf } from "../platform/errors.ts";
import type { Metrics } from "../platform/metrics.ts";
import type { Task } from "../platform/tasks.ts";
import type { Telemetry } from "./telemetry.ts";

export type OwnMetrics = Metrics & {
  /** Sends every value that is not too old; never throws. */
  report(): Promise<void>;
  task: Task;
};

type Series = { name: string; labels: Record<string, string>; value: number; setAt: number };

const PERIOD_MS = 2_000;
/** A value that nobody has set for this long is not repeated: whoever should set it has died. */
const STALE_MS = 60_000;
const MOST_SERIES = 2_000;

/**
 * The control plane's own gauges, as points of service `control-plane` in the tenant of `ctx`. The newest value of
 * each series is kept in memory and written straight into the store's spool every two seconds. A store that cannot
 * take it costs nothing but that report.
 */
export function createOwnMetrics(deps: {
  ingest: Telemetry["ingest"];
  ctx: Ctx;
  environment: string;
}): OwnMetrics {
  const { ctx } = deps;
  const series = new Map<string, Series>();
  let refused = "";
  let isFull = false;

  const forgetStale = (now: number) => {
    for (const [key, { setAt }] of series) if (now - setAt > STALE_MS) series.delete(key);
    if (series.size < MOST_SERIES) isFull = false;
  };

  async function report(): Promise<void> {
    const now = ctx.clock.now().getTime();
    forgetStale(now);
    if (series.size === 0) return;
    const body = Buffer.from(encode([...series.values()], now));
    try {
      const { rejected, reason } = await deps.ingest(ctx, {
        signal: "metrics",
        contentType: "application/json",
        contentEncoding: undefined,
        body,
      });
      tell(rejected > 0 ? reason : "");
    } catch (error) {
      tell(refusalOf(error).code);
    }
  }

  function tell(reason: string): void {
    if (reason !== "" && reason !== refused)
      ctx.log.warn({ reason }, "own metrics are not stored; they are sent again");
    refused = reason;
  }

  return {
    gauge(name, value, labels = {}) {
      if (!Number.isFinite(value)) {
        ctx.log.error({ metric: name }, "a metric is not a number");
        return;
      }
      const all = { ...labelsOf(labels), service: "control-plane", env: deps.environment };
      const key = JSON.stringify([name, Object.entries(all).sort()]);
      if (series.size >= MOST_SERIES && !series.has(key)) {
        if (!isFull) ctx.log.error({ metric: name, most: MOST_SERIES }, "too many series of own metrics");
        isFull = true;
        return;
      }
      series.set(key, { name, labels: all, value, setAt: ctx.clock.now().getTime() });
    },
    report,
    task: { name: "telemetry.own-metrics", periodMs: PERIOD_MS, run: report },
  };
}

/** The labels that every metric has; a tenant's name or number never leaves. */
function labelsOf({ tenant, ...labels }: Record<string, string>): Record<string, string> {
  return { route: "none", status_class: "none", ...labels, tenant: anonymised(tenant) };
}

/** As the service kit writes it. */
function anonymised(tenant: string | undefined): string {
  if (tenant === undefined) return "none";
  return `t_${createHash("sha256").update(tenant).digest("hex").slice(0, 12)}`;
}

function encode(series: Series[], now: number): string {
  const timeUnixNano = String(BigInt(now) * 1_000_000n);
  const metrics = series.map(({ name, labels, value }) => ({
    name,
    gauge: {
      dataPoints: [
        {
          timeUnixNano,
          asDouble: value,
          attributes: Object.entries(labels).map(([key, stringValue]) => ({ key, value: { stringValue } })),
        },
      ],
    },
  }));
  return JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
}
