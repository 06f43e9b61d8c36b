import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../platform/log.ts";
import { EngineError, type StoreHost } from "./host/supervise.ts";
import type { SealedSegment, Spool } from "./spool.ts";

/**
 * ClickHouse's errors about the data itself: parsing, types, ranges. Repeating such an insert cannot
 * help. Everything else (memory, disk, timeouts, a lost host) is repeated for as long as it takes.
 */
const BAD_DATA = new Set([6, 26, 27, 38, 41, 53, 69, 70, 72, 117, 131, 190, 321, 349]);
const RETRY_MS = { first: 100, most: 5_000 };

export type Inserter = {
  start(): void;
  add(segment: SealedSegment): void;
  /** Resolves when everything added before is in the store or set aside. */
  drained(): Promise<void>;
  status(): {
    waiting: number;
    oldestSealedAt: Date | null;
    inserted: number;
    setAside: number;
    lastError: string | null;
  };
  /** Resolves after the insert it is at; the rest stays in the spool. */
  stop(): Promise<void>;
};

/** Moves sealed segments into the store, in order, one at a time. */
export function startInserter(deps: { host: StoreHost; spool: () => Spool; log: Logger }): Inserter {
  const { host, log } = deps;
  const queue: SealedSegment[] = [];
  const counts = { inserted: 0, setAside: 0 };
  let lastError: string | null = null;
  let stopping = false;
  let idle: (() => void)[] = [];
  let wake: () => void = () => {};
  const stopSignal = new AbortController();

  async function work(): Promise<void> {
    let pause = RETRY_MS.first;
    while (!stopping) {
      const segment = queue[0];
      if (!segment) {
        for (const resolve of idle) resolve();
        idle = [];
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      try {
        const replay = segment.begun;
        await host.ready(60_000);
        await deps.spool().begin(segment);
        const reply = await host.insert({ file: segment.file, segment: segment.id, replay });
        if (reply.repaired > 0 || reply.tornBytes > 0)
          log.warn({ segment: segment.id, ...reply }, "telemetry segment replayed");
        await deps.spool().remove(segment);
        counts.inserted++;
        lastError = null;
      } catch (error) {
        lastError = error instanceof Error ? error.message.slice(0, 300) : String(error);
        const isGone = (error as NodeJS.ErrnoException).code === "ENOENT";
        if (
          !isGone &&
          !(error instanceof EngineError && error.engineCode !== null && BAD_DATA.has(error.engineCode))
        ) {
          if (!stopping) log.warn({ segment: segment.id, reason: lastError }, "telemetry insert is repeated");
          await sleep(pause, undefined, { signal: stopSignal.signal }).catch(() => {});
          pause = Math.min(pause * 2, RETRY_MS.most);
          continue;
        }
        log.error(
          { segment: segment.id, reason: lastError },
          isGone ? "telemetry segment is gone" : "telemetry segment set aside: the store refuses its data",
        );
        await deps
          .spool()
          .setAside(segment)
          .catch((cause) => log.error({ error: cause }, "set aside failed"));
        counts.setAside++;
      }
      queue.shift();
      pause = RETRY_MS.first;
    }
  }
  let loop: Promise<void> = Promise.resolve();

  return {
    add(segment) {
      queue.push(segment);
      wake();
    },
    start() {
      loop = work();
    },
    drained() {
      return queue.length === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve));
    },
    status: () => ({
      waiting: queue.length,
      oldestSealedAt: queue[0]?.sealedAt ?? null,
      ...counts,
      lastError,
    }),
    async stop() {
      stopping = true;
      stopSignal.abort();
      wake();
      await loop;
    },
  };
}
