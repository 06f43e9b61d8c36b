import { Agent } from "undici";
import type { User } from "../bff/api.ts";
import { ConnectionFailed, openBrowser } from "./browser.ts";
import { seededChance } from "./random.ts";
import { createStatistics, type Report } from "./statistics.ts";
import { choosePeople, createWorker, type Worker } from "./user.ts";

export type TrafficOptions = {
  /** Where users reach RingiFlow: the edge. */
  url: string;
  /** Requests a second, whatever the service does. */
  rps: number;
  users: number;
  seed: number;
  now(): Date;
  /** Ends the traffic. */
  signal: AbortSignal;
};

export type Traffic = { report(): Report; ended: Promise<void> };

/** Milliseconds before the next try while the service cannot be reached. */
const BACK_OFF_MS = [250, 500, 1000, 2000, 3000];
/** So many broken connections in a row mean that the service is away; a single one is an accident. */
const AWAY_AFTER = 3;
/** What is in flight at the end gets this long, milliseconds. */
const LAST_ANSWERS_MS = 3000;
/** Catching up more than this after a pause of the machine would be a burst that no users make. */
const MAX_CATCH_UP_MS = 200;

/** Users at work until `signal`: an open loop, one request a tick, at most one in flight for each user. */
export function startTraffic(options: TrafficOptions): Traffic {
  const { url, signal } = options;
  const statistics = createStatistics(options.now);
  const dispatcher = new Agent({
    connections: Math.max(8, options.users),
    pipelining: 1,
    connect: { timeout: 2000 },
  });
  const runKey = `traffic-${Math.trunc(performance.timeOrigin).toString(36)}-${process.pid}`;
  let keys = 0;
  let reached = false;
  let waiting = true;
  const newKey = () => `${runKey}-${++keys}`;
  const browserOf = (language: string) =>
    openBrowser({ url, dispatcher, statistics, language, isCounted: () => reached });

  const people = async (): Promise<User[]> => {
    const browser = browserOf("ja");
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        const { status, body } = await browser.get("/api/users");
        if (status === 200) {
          reached = true;
          const all = (body as { users?: User[] }).users ?? [];
          if (all.length > 0) return all;
        }
      } catch (error) {
        if (!(error instanceof ConnectionFailed)) throw error;
      }
      await pause(BACK_OFF_MS[Math.min(tries, BACK_OFF_MS.length - 1)]!, signal);
    }
    return [];
  };

  const work = async () => {
    const chance = seededChance(options.seed);
    const chosen = choosePeople(await people(), options.users, chance);
    const idle: Worker[] = chosen.map((user) =>
      createWorker({
        user,
        browser: browserOf(chance.happens(0.8) ? "ja" : "en"),
        chance: seededChance(chance.whole(1, 2 ** 31)),
        statistics,
        newKey,
      }),
    );
    const inFlight = new Set<Promise<void>>();
    const intervalMs = 1000 / options.rps;
    let brokenInARow = 0;
    let due = performance.now();
    waiting = false;

    while (!signal.aborted) {
      due = Math.max(due + intervalMs, performance.now() - MAX_CATCH_UP_MS);
      await pause(due - performance.now(), signal);
      if (signal.aborted) break;
      if (brokenInARow >= AWAY_AFTER) {
        waiting = true;
        const extra = Math.min(brokenInARow - AWAY_AFTER, BACK_OFF_MS.length - 1);
        await pause(BACK_OFF_MS[extra]!, signal);
        // While it is away one user at a time looks whether it is back.
        if (inFlight.size > 0) continue;
      }
      const worker = idle.shift();
      if (!worker) {
        statistics.skip();
        continue;
      }
      const step = worker
        .step()
        .then(() => {
          brokenInARow = 0;
          waiting = false;
        })
        .catch((error: unknown) => {
          if (error instanceof ConnectionFailed) brokenInARow += 1;
          // An answer of success that the page could not show.
          else statistics.failed("unreadable answer", (error as Error).message, null);
        })
        .finally(() => {
          idle.push(worker);
          inFlight.delete(step);
        });
      inFlight.add(step);
    }
    await Promise.race([Promise.allSettled(inFlight), pause(LAST_ANSWERS_MS)]);
    await dispatcher.destroy();
  };

  return { report: () => statistics.report(waiting), ended: work() };
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, milliseconds));
    signal?.addEventListener("abort", done);
  });
}
