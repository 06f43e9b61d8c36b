import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { createSlots } from "./slots.ts";

it("runs so many at a time, in order, and refuses what would wait beyond the limit", async () => {
  const slots = createSlots(2, 20);
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const start = (id: number) =>
    slots.run(10, async () => {
      started.push(id);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (id === 1) throw new Error("one");
      return id;
    });
  const works = [1, 2, 3, 4].map(start);
  works[0]?.catch(() => {});
  expect(start(5)).toBeNull();
  await turn();
  expect(started).toEqual([1, 2]);
  for (let i = 0; i < 4; i++) {
    ends[i]?.();
    await turn();
  }
  await expect(works[0]).rejects.toThrow("one");
  expect(await Promise.all(works.slice(1))).toEqual([2, 3, 4]);
  expect(started).toEqual([1, 2, 3, 4]);
});
