import { error, type Finding } from "../findings.ts";
import type { Operations } from "../model.ts";

/** Keys of a definition are unique by themselves; what stands in lists is not. */
export function duplicateIds(operations: Operations): Finding[] {
  const commitments = operations.registers.flatMap(({ document, commitments: stated }) =>
    stated.map(({ id, source }) => ({ id, source: `${id}: ${document}, ${source}` })),
  );
  return [
    ...repeated("registers", "register", operations.registers),
    ...repeated("commitments", "commitment", commitments),
    ...repeated("proofs", "proof", operations.proofs),
  ];
}

function repeated(noun: string, word: string, items: readonly { id: string; source?: string }[]): Finding[] {
  const byId = new Map<string, string[]>();
  for (const { id, source } of items) byId.set(id, [...(byId.get(id) ?? []), source ?? id]);
  return [...byId]
    .filter(([, sources]) => sources.length > 1)
    .map(([id, sources]) =>
      error(
        "duplicate-id",
        `${noun}.${id}`,
        `${sources.length} ${word}s have the id “${id}”`,
        "Give each an id of its own.",
        sources,
      ),
    );
}
