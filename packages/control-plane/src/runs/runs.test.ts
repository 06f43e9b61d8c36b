import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../platform/testing.ts";
import { done, planOf, runWorker, start, step, undoOf, until } from "./testing/harness.ts";

let t: TestDatabase;
beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t.close());

describe("a run", () => {
  it("performs its steps in order with effect keys", async () => {
    const keys: string[] = [];
    const worker = runWorker(t, {
      actions: {
        effect: async (s) => {
          keys.push(s.effectKey);
          return done({ at: s.effectKey, input: s.input });
        },
      },
    });
    const { id } = await start(t, planOf([step("a"), step("b", { input: { $output: ["a", "at"] } })]));
    const run = await until(t, id, "succeeded");
    expect(keys).toEqual([`${id}:do:0`, `${id}:do:1`]);
    expect(run.steps[1]?.output).toMatchObject({ input: `${id}:do:0` });
    await worker.stop();
  });

  it("compensates in reverse when a step fails", async () => {
    const calls: unknown[] = [];
    const worker = runWorker(t, {
      actions: {
        effect: async (s) => {
          calls.push(s.input ?? s.effectKey.slice(-4));
          return done();
        },
        no: async () => ({ kind: "failed", refusal: { code: "no", reason: "no", remedy: "no" } }),
      },
    });
    const plan = planOf([
      step("a", { compensate: undoOf("a") }),
      step("b", { compensate: undoOf("b") }),
      step("c", { action: "no", compensate: undoOf("c") }),
    ]);
    const { id } = await start(t, plan);
    await until(t, id, "compensated");
    expect(calls).toEqual(["do:0", "do:1", { undo: "b" }, { undo: "a" }]);
    await worker.stop();
  });
});
