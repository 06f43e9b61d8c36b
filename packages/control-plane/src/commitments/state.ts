import type { Evidence } from "../evidence/index.ts";

export type CommitmentState = "proven" | "failing" | "stale" | "unproven" | "accepted";

export type StateInput = {
  /** Ids and kinds of the proofs that name this commitment. */
  proofs: { id: string; kind: string; inputsDigest: string }[];
  /** Newest evidence of each of them; a missing one has never run. */
  evidence: Evidence[];
  /** Digest of each thing that evidence may depend on, as it is now. */
  dependencies: Record<string, string>;
  mutantsSeenRed: ReadonlySet<string>;
  /** End of an accepted risk, when a person accepted one. */
  acceptedUntil: Date | undefined;
  now: Date;
};

/** Computed, never stored: what the newest evidence is worth now. The worst of several proofs counts. */
export function commitmentState(input: StateInput): CommitmentState {
  if (input.acceptedUntil && input.now < input.acceptedUntil) return "accepted";
  if (input.proofs.length === 0) return "unproven";
  const states = input.proofs.map((proof) => proofState(proof, input));
  for (const worst of ["failing", "unproven", "stale"] as const) if (states.includes(worst)) return worst;
  return "proven";
}

function proofState(proof: StateInput["proofs"][number], input: StateInput): CommitmentState {
  const newest = input.evidence.find((evidence) => evidence.proofId === proof.id);
  if (!newest) return "unproven";
  if (newest.verdict !== "pass") return "failing";
  // A check that was never seen red may be a check that cannot fail.
  if (!input.mutantsSeenRed.has(proof.kind)) return "unproven";
  return staleness(newest, proof.inputsDigest, input) === undefined ? "proven" : "stale";
}

/** Why evidence no longer counts; undefined when it does. */
export function staleness(
  evidence: Evidence,
  inputsDigest: string,
  input: Pick<StateInput, "dependencies" | "now">,
): string | undefined {
  if (input.now >= evidence.expiresAt) return "expired";
  if (evidence.inputsDigest !== inputsDigest) return "the proof or its value";
  return Object.keys(evidence.dependencies).find(
    (name) => input.dependencies[name] !== evidence.dependencies[name],
  );
}
