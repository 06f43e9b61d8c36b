import { Pool } from "undici";
import type { Counts } from "./edge/counts.ts";
import { messageOf } from "./errors.ts";
import type { TelemetryTarget } from "./model.ts";
import type { Clock } from "./platform/clock.ts";
import { encodeMetrics, type GaugeRow } from "./telemetry.ts";

export type Reporter = {
  setTarget(target: TelemetryTarget | null): void;
  target(): TelemetryTarget | null;
  status(): { bufferedSeconds: number; droppedSeconds: number; lastError: string | null };
  /** Sends what is left, waiting at most `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
};

const PERIOD_MS = 1000;
/** A receiver that is down longer loses the oldest seconds. */
const BUFFER_SECONDS = 60;
const SEND_MS = 5000;

/** Sends once a second what the edge counted. Nothing is counted into two reports. */
export function startReporter(options: {
  edgeId: string;
  clock: Clock;
  counts: Counts;
  gauges(): GaugeRow[];
}): Reporter {
  const { clock, counts } = options;
  let target: TelemetryTarget | null = null;
  let pool: Pool | null = null;
  let reportedUntil = clock.now();
  const buffer: string[] = [];
  let dropped = 0;
  let lastError: string | null = null;
  let sending: Promise<void> | null = null;

  function collect(): void {
    const now = clock.now();
    // Without a target nobody knows the environment yet; the counts wait.
    if (!target || now <= reportedUntil) return;
    const rows = counts.take();
    const gauges = options.gauges();
    const window = { fromMs: reportedUntil, toMs: now };
    reportedUntil = now;
    if (rows.length === 0 && gauges.length === 0) return;
    buffer.push(encodeMetrics(options.edgeId, target.environment, window, rows, gauges));
    while (buffer.length > BUFFER_SECONDS) {
      buffer.shift();
      dropped++;
    }
  }

  function send(): Promise<void> {
    sending ??= sendAll().finally(() => {
      sending = null;
    });
    return sending;
  }

  async function sendAll(): Promise<void> {
    while (buffer.length > 0 && target && pool) {
      const body = buffer[0]!;
      const url = new URL(target.endpoint);
      try {
        const response = await pool.request({
          method: "POST",
          path: `${url.pathname.replace(/\/$/, "")}/v1/metrics`,
          headers: { ...target.headers, "content-type": "application/json" },
          body,
          headersTimeout: SEND_MS,
          bodyTimeout: SEND_MS,
        });
        await response.body.dump();
        const { statusCode } = response;
        const isRefused = statusCode >= 400 && statusCode < 500 && ![401, 403, 408, 429].includes(statusCode);
        if (statusCode >= 300 && !isRefused) {
          lastError = `The receiver answered ${statusCode}.`;
          return;
        }
        // A report that the receiver will never accept must not hold up the next ones.
        if (isRefused) dropped++;
        lastError = isRefused ? `The receiver refused a report with ${statusCode}.` : null;
      } catch (error) {
        lastError = messageOf(error);
        return;
      }
      if (buffer[0] === body) buffer.shift();
    }
  }

  const timer = setInterval(() => {
    collect();
    void send();
  }, PERIOD_MS);
  timer.unref();

  return {
    setTarget(next) {
      pool?.destroy().catch(() => {});
      target = next;
      pool = next
        ? new Pool(new URL(next.endpoint).origin, { connections: 1, connect: { timeout: SEND_MS } })
        : null;
    },
    target: () => target,
    status: () => ({ bufferedSeconds: buffer.length, droppedSeconds: dropped, lastError }),
    async close(timeoutMs) {
      clearInterval(timer);
      collect();
      let limit: NodeJS.Timeout | undefined;
      await Promise.race([
        send(),
        new Promise<void>((resolve) => {
          limit = setTimeout(resolve, timeoutMs);
        }),
      ]);
      clearTimeout(limit);
      await pool?.destroy().catch(() => {});
    },
  };
}
