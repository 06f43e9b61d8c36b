import { expect, it } from "vitest";
import { answerSamples, type Scans } from "./sample.ts";

const absence = {
  id: "a",
  indicator: { kind: "absence", service: "bff", signal: "spans" } as const,
  windowMs: 1000,
};

it("silence proves nothing while accepted data is still on its way into the store", async () => {
  const nothing: Scans = { spans: async () => [], points: async () => [], presence: async () => [] };
  expect((await answerSamples([absence], nothing, true)).get("a")!.value).toBe(1);
  expect((await answerSamples([absence], nothing, false)).get("a")!.value).toBeNull();
});

it("a gauge is missing when it has no number, and only when nothing is on its way", async () => {
  const point = { service: "s", series: "1", highest: 1, lowest: 1, sum: 1, count: 1, last: 1, latest: 1 };
  const scans: Scans = {
    spans: async () => [],
    points: async () => [
      { ...point, name: "seen", slot: 0 },
      { ...point, name: "too-old", slot: 1 },
      { ...point, name: "elsewhere", service: "other", slot: 0 },
    ],
    presence: async () => [],
  };
  const wider = {
    id: "w",
    indicator: { kind: "gauge", metric: "seen", aggregate: "max" } as const,
    windowMs: 9,
  };
  const missing = async (metrics: string[], complete = true) => {
    const query = { id: "m", indicator: { kind: "missing", service: "s", metrics } as const, windowMs: 1 };
    return (await answerSamples([query, wider], scans, complete)).get("m")!.value;
  };
  expect(await missing(["seen"])).toBe(0);
  expect(await missing(["seen", "too-old", "elsewhere", "never"])).toBe(3);
  expect(await missing(["never"], false)).toBeNull();
  expect(await missing(["seen"], false)).toBe(0);
});

it("asks each source once, and only sources that a rule needs", async () => {
  const asked: string[] = [];
  const scans: Scans = {
    spans: async (services, windows) => {
      asked.push(`spans ${services} ${windows}`);
      return [];
    },
    points: async () => {
      asked.push("points");
      return [];
    },
    presence: async (source) => {
      asked.push(`presence ${source}`);
      return [];
    },
  };
  const ratio = (id: string, service: string, windowMs: number) => ({
    ...{ id, windowMs, indicator: { kind: "error-ratio", service, statusClass: "5xx" } as const },
  });
  await answerSamples([ratio("1", "a", 60), ratio("2", "b", 30), ratio("3", "a", 30), absence], scans, true);
  expect(asked).toEqual(["spans a,b 30,60,1000", "presence spans"]);
});
