import { pass } from "../proof-kind.ts";
import { asUser, frontOf, frontUrl } from "./front.ts";
import { type Kind, noFaults, text } from "./system.ts";
import { drillOf, finishedEntry, onDatabase, type ReadModel } from "./workload.ts";

type Series = {
  metric: string;
  labels: Record<string, string>;
  take: "sum" | "highest";
  expect: number | "more";
};
type Moved = { metric: string; value: number }[];
type Queue = { moved: Moved; points: number; repaired: number };

/** Tries of an event that cannot be applied, with their pauses, and the metrics' way into the store. */
const LATEST_MS = 20_000;
/** Covers a level's own interval, the report's and the way into the store. */
const REST_MS = 3_000;

/**
 * A delivery that was made before, and one that cannot be applied, are put into the queue: each of
 * `parameters.series` has to move by exactly what was put in ("more": above zero). The drill's command repairs it all.
 */
export const workloadQueue: Kind<Queue> = {
  kind: "workload.queue-metrics",
  disturbs: true,
  async measure(system, ctx, parameters) {
    const front = frontOf(parameters);
    const base = await frontUrl(system, front);
    const drill = drillOf(parameters);
    const series = parameters.series as Series[];
    const evidence = system.telemetry.evidence(ctx);
    const now = () => new Date(ctx.clock.now().getTime());
    // A level is reported a while after it was measured: what an earlier proof put in must have left it.
    const isAtRest = async (since: Date) => {
      for (const { metric, labels, take, expect } of series) {
        if (take !== "highest" || expect === "more") continue;
        const { highest, points } = await evidence.values({ metric, labels, from: since });
        if (points === 0 || highest > 0) return false;
      }
      return true;
    };
    const restBy = performance.now() + LATEST_MS;
    for (let since = now(), rest = false; !rest && performance.now() < restBy; since = now()) {
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      rest = await isAtRest(since);
    }
    const from = now();
    const read = async () => {
      const moved: Moved = [];
      for (const { metric, labels, take } of series) {
        moved.push({ metric, value: (await evidence.values({ metric, labels, from }))[take] });
      }
      return moved;
    };
    const victim = await asUser(base, front, (session) =>
      finishedEntry(base, parameters.readModel as ReadModel, session),
    );
    const points = await onDatabase(system, drill, drill.damage, [victim.id]);
    let moved: Moved = [];
    try {
      const deadline = performance.now() + LATEST_MS;
      do {
        await new Promise((resolve) => setTimeout(resolve, 500));
        moved = await read();
      } while (!isComplete(moved, series) && performance.now() < deadline);
      // Whatever moves on would show within the next reports.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      moved = await read();
    } finally {
      await system.command(drill.command.service, drill.command.run, 30_000);
    }
    return { moved, points, repaired: await onDatabase(system, drill, drill.inexact) };
  },
  judge({ moved, repaired }, _commitment, parameters) {
    const series = parameters.series as Series[];
    const faults = [
      ...series.flatMap(({ metric, expect }) => {
        const value = moved.find((m) => m.metric === metric)?.value;
        if (value === undefined) return [`${metric} was not looked at`];
        if (expect === "more" ? value > 0 : value === expect) return [];
        return [`${metric} is ${value}, not ${expect === "more" ? "above 0" : expect}`];
      }),
      ...(repaired === 0 ? [] : ["the read model is not whole again"]),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          moved
            .map(({ metric, value }) => `${metric.split(".").at(-1)} ${Math.round(value * 100) / 100}`)
            .join(", "),
          text("Every series moved by what happened.", "すべての系列が実際の件数どおりに動きました。"),
        ),
      "series_differs",
      `${faults.length} faults`,
      text("Record the metric where it happens.", "発生箇所で計測してください。"),
    );
  },
  mutants(_commitment, parameters) {
    const series = parameters.series as Series[];
    const good = series.map(({ metric, expect }) => ({ metric, value: expect === "more" ? 1 : expect }));
    return {
      ...Object.fromEntries(
        series.map(({ metric }) => [
          `${metric} does not move`,
          {
            moved: good.map((m) => (m.metric === metric ? { metric, value: 0 } : m)),
            ...{ points: 1, repaired: 0 },
          },
        ]),
      ),
      "nothing was looked at": { moved: [], points: 1, repaired: 0 },
      "not whole again": { moved: good, points: 1, repaired: 1 },
    };
  },
};

const isComplete = (moved: Moved, series: Series[]) =>
  series.every(({ metric, expect }) => {
    const value = moved.find((m) => m.metric === metric)?.value ?? 0;
    return expect === "more" ? value > 0 : value >= expect;
  });
