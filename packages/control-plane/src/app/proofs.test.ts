import type { Commitment, Operations, Proof } from "@toban/definition";
import { beforeAll, describe, expect, it } from "vitest";
import { proofKinds } from "../commitments/index.ts";
import { seenRed } from "../commitments/prove.ts";
import { readConfig } from "./config.ts";
import { loadDefinition } from "./definition.ts";

let operations: Operations;
let proven: { proof: Proof; commitments: Commitment[] }[];
beforeAll(async () => {
  ({ operations } = await loadDefinition(readConfig({}).definition));
  const all = operations.registers.flatMap((register) => register.commitments);
  proven = operations.proofs.map((proof) => ({
    proof,
    commitments: all.filter(({ id }) => proof.proves.includes(id)),
  }));
}, 60_000);

describe("the proofs of RingiFlow", () => {
  it("are of known kinds, and every known kind is used", () => {
    for (const { proof } of proven) expect(proofKinds, proof.id).toHaveProperty([proof.kind]);
    const used = new Set(proven.map(({ proof }) => proof.kind));
    expect(Object.keys(proofKinds).filter((kind) => !used.has(kind))).toEqual([]);
  });

  it("turn red for every mutant of every commitment", () => {
    for (const { proof, commitments } of proven) {
      expect(commitments, proof.id).toHaveLength(proof.proves.length);
      for (const commitment of commitments) {
        const kind = proofKinds[proof.kind]!;
        for (const [fault, mutant] of Object.entries(kind.mutants(commitment, proof.parameters))) {
          const { verdict } = kind.judge(mutant, commitment, proof.parameters);
          expect(verdict, `${proof.id}: ${fault}`).toBe("fail");
        }
      }
      expect(seenRed(proofKinds[proof.kind]!, proof, commitments), proof.id).toBe(true);
    }
  });

  it("cover at least forty promises", () => {
    expect(new Set(operations.proofs.flatMap(({ proves }) => proves)).size).toBeGreaterThanOrEqual(40);
  });
});
