import { describe, expect, test } from "vitest";
import { type ProofSystem, proofKinds } from "../commitments/index.ts";
import { testCtx } from "../platform/testing.ts";
import { loadDefinition } from "./definition.ts";

const repository = new URL("../../../../", import.meta.url).pathname;
const { operations } = await loadDefinition(`${repository}workloads/ringiflow/operations.ts`);
const system = { operations, repository } as unknown as ProofSystem;
// What runs is looked at by the gameday.
const proofs = operations.proofs.filter(({ kind }) => kind.startsWith("gate.") && kind !== "gate.sbom");
const commitment = {} as never;

describe("the proofs that the gate blocks", () => {
  test.each(proofs.map((proof) => [proof.id, proof] as const))(
    "%s passes on RingiFlow",
    async (_id, proof) => {
      const kind = proofKinds[proof.kind]!;
      const measurement = await kind.measure(system, testCtx(), proof.parameters);
      const judgement = kind.judge(measurement, commitment, proof.parameters);
      expect(judgement).toMatchObject({ verdict: "pass" });
      if (proof.kind === "gate.due-times") {
        expect(judgement.measured).toBe("critical 7 d, high 30 d, to the millisecond");
      } else expect(measurement).toMatchObject({ good: "pass", seeded: "fail" });
    },
  );

  test("a seed that fits nothing any more is not measured", async () => {
    const parameters = {
      family: "contract",
      texts: { "base.yaml": "a" },
      seed: { replace: { file: "base.yaml", from: "b", to: "c" } },
    };
    await expect(proofKinds["gate.seeded"]!.measure(system, testCtx(), parameters)).rejects.toMatchObject({
      code: "seed_outdated",
    });
  });
});
