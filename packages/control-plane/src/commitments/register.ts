import { createHash } from "node:crypto";
import { amountOf, type Commitment, keptBy, type Operations, type Proof, type Text } from "@toban/definition";
import type { Evidence } from "../evidence/index.ts";
import { canonicalJson } from "../platform/json.ts";
import { type CommitmentState, commitmentState, staleness } from "./state.ts";

export type RegisterRow = {
  id: string;
  register: string;
  says: Text;
  source: string;
  /** The value with its unit, for people. */
  value: string;
  state: CommitmentState;
  /** Paths in the definition where the value is used. */
  keptBy: string[];
  provenBy: string[];
  evidence: {
    verdict: Evidence["verdict"];
    grade: Evidence["grade"];
    measured: string;
    at: string;
    expiresAt: string;
    code: string;
    reason: Text;
    remedy: Text;
    /** What made it stale: "expired", or the name of what changed. */
    stale: string | null;
  } | null;
};

export type RegisterInput = {
  operations: Operations;
  evidence: Evidence[];
  dependencies: Record<string, string>;
  mutantsSeenRed: ReadonlySet<string>;
  now: Date;
};

/** Every commitment of the definition with its state, computed from definition and evidence. */
export function registerRows(input: RegisterInput): RegisterRow[] {
  const { operations, now } = input;
  const kept = keptBy(operations);
  const evidenceOf = groupBy(input.evidence, (evidence) => evidence.commitmentId);
  return operations.registers.flatMap((register) =>
    register.commitments.map((commitment) => {
      const proofs = operations.proofs
        .filter((proof) => proof.proves.includes(commitment.id))
        .map((proof) => ({ id: proof.id, kind: proof.kind, inputsDigest: inputsDigest(proof, commitment) }));
      const evidence = (evidenceOf.get(commitment.id) ?? []).filter((e) =>
        proofs.some((p) => p.id === e.proofId),
      );
      const state = commitmentState({
        ...input,
        proofs,
        evidence,
        acceptedUntil: acceptedUntil(operations, commitment),
      });
      return {
        id: commitment.id,
        register: register.id,
        says: commitment.says,
        source: commitment.source,
        value: amountOf(commitment.value),
        state,
        keptBy: kept[commitment.id] ?? [],
        provenBy: proofs.map((proof) => proof.id),
        evidence: shownEvidence(evidence, proofs, { dependencies: input.dependencies, now }),
      };
    }),
  );
}

/** Changes when the proof's parameters or the promised value change. */
export function inputsDigest(proof: Proof, commitment: Commitment): string {
  const { kind, parameters } = proof;
  const text = canonicalJson({
    kind,
    parameters,
    value: commitment.value,
    comparator: commitment.comparator,
  });
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

export function countStates(rows: { state: CommitmentState }[]): Record<CommitmentState, number> {
  const counts = { proven: 0, failing: 0, stale: 0, unproven: 0, accepted: 0 };
  for (const row of rows) counts[row.state]++;
  return counts;
}

/** The evidence that explains the state: the worst verdict, then the newest. */
function shownEvidence(
  evidence: Evidence[],
  proofs: { id: string; inputsDigest: string }[],
  now: { dependencies: Record<string, string>; now: Date },
): RegisterRow["evidence"] {
  const order = { fail: 0, inconclusive: 1, pass: 2 };
  const [shown] = [...evidence].sort(
    (a, b) => order[a.verdict] - order[b.verdict] || +b.measuredAt - +a.measuredAt,
  );
  if (!shown) return null;
  const digest = proofs.find((proof) => proof.id === shown.proofId)?.inputsDigest ?? "";
  return {
    verdict: shown.verdict,
    grade: shown.grade,
    measured: shown.measured,
    at: shown.measuredAt.toISOString(),
    expiresAt: shown.expiresAt.toISOString(),
    code: shown.code,
    reason: shown.reason,
    remedy: shown.remedy,
    stale: staleness(shown, digest, now) ?? null,
  };
}

function acceptedUntil(operations: Operations, commitment: Commitment): Date | undefined {
  const acceptance = operations.acceptances.find((item) => item.commitment === commitment.id);
  return acceptance ? new Date(`${acceptance.until}T23:59:59.999Z`) : undefined;
}

function groupBy<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
