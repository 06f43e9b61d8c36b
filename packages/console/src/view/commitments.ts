import type { Commitment, CommitmentState } from "../api/types.ts";

/** Reading order: what needs a person first. */
export const STATES: readonly CommitmentState[] = ["failing", "stale", "unproven", "accepted", "proven"];

export type Filter = { states: ReadonlySet<CommitmentState>; text: string };

/** An empty set of states means all. Text is looked for in everything a row shows, in both languages. */
export function filterCommitments(rows: readonly Commitment[], filter: Filter): Commitment[] {
  const words = filter.text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return rows
    .filter((row) => filter.states.size === 0 || filter.states.has(row.state))
    .filter((row) => {
      const haystack = searchable(row);
      return words.every((word) => haystack.includes(word));
    })
    .sort((a, b) => rank(a.state) - rank(b.state) || a.id.localeCompare(b.id, "en", { numeric: true }));
}

const rank = (state: CommitmentState) => {
  const index = STATES.indexOf(state);
  return index === -1 ? STATES.length : index;
};

function searchable(row: Commitment): string {
  const parts = [row.id, row.register, row.says.en, row.says.ja, row.source, row.value];
  return [...parts, ...row.keptBy, ...row.provenBy].join(" ").toLocaleLowerCase();
}
