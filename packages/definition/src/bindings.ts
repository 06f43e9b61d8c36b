import type { Commitment } from "./model/commitments.ts";
import type { Operations } from "./model.ts";
import { mechanismValues } from "./walk.ts";

export const allCommitments = (operations: Operations): Commitment[] =>
  operations.registers.flatMap((register) => register.commitments);

const emptyLists = (operations: Operations): Record<string, string[]> =>
  Object.fromEntries(allCommitments(operations).map(({ id }) => [id, []]));

/**
 * For every commitment the paths where its value is used, in the definition's order. An empty list means that
 * nothing keeps it. The list elements of a mechanism ("mechanisms.logs.keeps.0") are shown as the mechanism.
 */
export function keptBy(operations: Operations): Record<string, string[]> {
  const lists = emptyLists(operations);
  for (const { path, value } of mechanismValues(operations)) {
    const ids = value.kind === "thresholds" ? boundsOf(value) : [value.commitment];
    for (const id of ids) if (id !== undefined) lists[id]?.push(path.replace(/\.keeps\.\d+$/, ""));
  }
  return lists;
}

/** Thresholds can be stated as one, or be put together from bounds that two commitments state. */
function boundsOf(value: {
  commitment?: string;
  warning: object;
  critical: object;
}): Set<string | undefined> {
  if (value.commitment !== undefined) return new Set([value.commitment]);
  const bounds: { commitment?: string }[] = [value.warning, value.critical];
  return new Set(bounds.map((bound) => bound.commitment));
}

/** For every commitment the ids of the proofs that name it. */
export function provenBy(operations: Operations): Record<string, string[]> {
  const lists = emptyLists(operations);
  for (const proof of operations.proofs) for (const id of proof.proves) lists[id]?.push(proof.id);
  return lists;
}
