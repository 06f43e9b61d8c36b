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
