import {
  amountOf,
  checkOperations,
  keptBy,
  parseOperations,
  rolloutPolicy,
  seconds,
} from "@toban/definition";
import { describe, expect, it } from "vitest";
import operations from "../operations.ts";

const commitments = operations.registers.flatMap((register) => register.commitments);
const numbersOf = (text: string) => new Set(text.match(/\d+(\.\d+)?/g) ?? []);

describe("the definition of RingiFlow", () => {
  it("has no error", () => {
    expect(checkOperations(operations).filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it("survives being written down and read again", () => {
    const parsed = parseOperations(JSON.parse(JSON.stringify(operations)));
    expect(parsed.ok && parsed.operations).toEqual(operations);
  });

  it("states all 158 commitments of its operations design", () => {
    const ids = Array.from({ length: 158 }, (_, i) => `RF-${String(i + 1).padStart(3, "0")}`);
    expect(commitments.map(({ id }) => id)).toEqual(ids);
  });

  it("says the same numbers in both languages", () => {
    for (const { id, says } of commitments)
      for (const number of numbersOf(says.en)) expect(numbersOf(says.ja), id).toContain(number);
  });

  it("says the numbers of a threshold as they are", () => {
    for (const { id, says, value } of commitments)
      if (value.kind === "thresholds")
        for (const number of numbersOf(amountOf(value))) expect(numbersOf(says.en), id).toContain(number);
  });

  it("binds at least forty promises to what keeps them", () => {
    const kept = Object.values(keptBy(operations)).filter((paths) => paths.length > 0);
    expect(kept.length).toBeGreaterThanOrEqual(40);
  });

  it("rolls out as promised in production, and faster only on game days, saying why", () => {
    expect(rolloutPolicy(operations, "production", "bff")).toMatchObject({
      strategy: { choice: "blue-green", commitment: "RF-151" },
      stability: { ms: 60_000, commitment: "RF-152" },
      automaticRollback: { choice: "on", commitment: "RF-153" },
      steps: { percents: [10, 50, 100], commitment: "RF-154" },
    });
    const gameday = rolloutPolicy(operations, "gameday", "bff");
    expect(gameday).toMatchObject({ stability: seconds(10), bake: seconds(10) });
    expect(gameday?.steps).toEqual(operations.rollouts.standard?.steps);
    expect(gameday?.because).toMatchObject({ en: /10 seconds/, ja: /10 秒/ });
  });

  it("has runbooks for every service and every kind of trouble that the design names", () => {
    for (const service of ["bff", "core", "worker"])
      for (const trouble of ["dependency-failure", "overload", "data-inconsistency"])
        expect(operations.runbooks).toHaveProperty(`${service}-${trouble}`);
  });
});
