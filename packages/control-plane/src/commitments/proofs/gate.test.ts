import { describe, expect, test } from "vitest";
import { loadDefinition } from "../../app/definition.ts";
import { testCtx } from "../../platform/testing.ts";
import { gateDueTimes, gateSeeded } from "./gate.ts";
import type { ProofSystem } from "./system.ts";

const repository = new URL("../../../../../", import.meta.url).pathname;
const { operations } = await loadDefinition(`${repository}workloads/ringiflow/operations.ts`);
const system = { operations, repository } as unknown as ProofSystem;
const proofs = operations.proofs.filter(({ kind }) => kind.startsWith("gate."));
const commitment = {} as never;

describe("the proofs that the gate blocks", () => {
  test.each(proofs.map((proof) => [proof.id, proof] as const))(
    "%s passes on RingiFlow",
    async (_id, proof) => {
      if (proof.kind === gateDueTimes.kind) {
        const times = await gateDueTimes.measure(system, testCtx(), proof.parameters);
        expect(gateDueTimes.judge(times, commitment, {})).toMatchObject({
          verdict: "pass",
          measured: "critical 7 d, high 30 d, to the millisecond",
        });
        return;
      }
      const measured = await gateSeeded.measure(system, testCtx(), proof.parameters);
      expect(measured).toMatchObject({ good: "pass", seeded: "fail" });
      expect(gateSeeded.judge(measured, commitment, {}).verdict).toBe("pass");
    },
  );

  test("a seed that fits nothing any more is not measured", async () => {
    const parameters = {
      family: "contract",
      texts: { "base.yaml": "a" },
      seed: { replace: { file: "base.yaml", from: "b", to: "c" } },
    };
    await expect(gateSeeded.measure(system, testCtx(), parameters)).rejects.toMatchObject({
      code: "seed_outdated",
    });
  });
});
