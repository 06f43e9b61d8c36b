import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { Task } from "../../platform/tasks.ts";
import { countSignal, SIGNALS, type SignalEvent, windowStart } from "./signals.ts";
import { countEvents } from "./store-signals.ts";

const PERIOD_MS = 3_000;
const ACTIONS = [...new Set(SIGNALS.flatMap(({ actions }) => actions))];

export type AuditSignals = {
  task: Task;
  /** The newest event that the metric counted in any tenant; null for one that counts no events, or counted none. */
  newest(metric: string): Promise<SignalEvent | null>;
};

/**
 * Counts, for each tenant, what alerts watch in the audit log. The counts come from the events themselves, so that
 * neither a crash nor a store that is away loses an alert.
 */
export function auditSignals(deps: {
  db: Database;
  tenants(): Promise<string[]>;
  ctxFor(tenant: string): Ctx;
  metrics: Metrics;
  /** Whether alerts can be evaluated right now. */
  watched(): boolean;
  /** When alerts were evaluated last before this process started. */
  watchedUntil(): Promise<Date | undefined>;
}): AuditSignals {
  let watchedUntil: Date | undefined;
  let isResumed = false;
  let newest = new Map<string, SignalEvent>();
  /** Series of single tenants that are not zero; without one a tenant has none, so that there are few. */
  const counting = new Set<string>();

  const report = (metric: string, tenant: string, times: number): void => {
    const key = `${metric} ${tenant}`;
    if (times > 0) counting.add(key);
    else if (!counting.delete(key)) return;
    deps.metrics.gauge(metric, times, { tenant });
  };

  async function look(): Promise<void> {
    if (!isResumed) {
      watchedUntil = await deps.watchedUntil();
      isResumed = true;
    }
    const seen = new Map<string, SignalEvent>();
    const highest = new Map(SIGNALS.map(({ metric }) => [metric, 0]));
    let now: Date | undefined;
    for (const tenant of await deps.tenants()) {
      const ctx = deps.ctxFor(tenant);
      now ??= ctx.clock.now();
      const from = windowStart(now, watchedUntil);
      const counted = await deps.db.tx(ctx, (tx) => countEvents(tx, { actions: ACTIONS, from }));
      for (const signal of SIGNALS) {
        const { times, newest: event } = countSignal(signal, counted);
        report(signal.metric, tenant, times);
        highest.set(signal.metric, Math.max(times, highest.get(signal.metric)!));
        const known = seen.get(signal.metric);
        if (event && (!known || known.tsUs < event.tsUs)) seen.set(signal.metric, event);
      }
    }
    // Of the tenant that has most: always there, so that silence is no zero.
    for (const [metric, times] of highest) deps.metrics.gauge(metric, times);
    newest = seen;
    if (now && deps.watched()) watchedUntil = now;
  }

  return {
    task: { name: "audit.signals", periodMs: PERIOD_MS, run: look },
    async newest(metric) {
      if (!SIGNALS.some((signal) => signal.metric === metric)) return null;
      // Another replica may have counted what this one has not looked at yet.
      if (!newest.has(metric)) await look();
      return newest.get(metric) ?? null;
    },
  };
}
