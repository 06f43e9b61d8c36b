import { currentApprover, evolve } from "../domain/evolve.ts";
import type { RequestState, Status } from "../domain/model.ts";
import type { StoredEvent } from "../events/store.ts";

/** One row of the request list. `applied` counts the events that went in: it equals `version`. */
export type ListRow = {
  requestId: string;
  version: number;
  applied: number;
  state: RequestState;
  updatedAt: Date;
};

export type Projection = {
  /** Rows that changed, by request id. */
  changed: Map<string, ListRow>;
  applied: StoredEvent[];
  duplicates: StoredEvent[];
  failed: { stored: StoredEvent; error: string }[];
  /** Not tried, because an earlier event of the same request failed just now. */
  heldBack: StoredEvent[];
  counters: Map<Status, { count: number; totalYen: number }>;
};

/**
 * Applies events, in order, to the rows they concern. Pure. An event that was applied before changes
 * nothing; one that cannot be applied fails alone, and only later events of the same request wait for it.
 */
export function project(
  rows: ReadonlyMap<string, ListRow>,
  appliedIds: ReadonlySet<string>,
  events: readonly StoredEvent[],
): Projection {
  const result: Projection = {
    changed: new Map(),
    applied: [],
    duplicates: [],
    failed: [],
    heldBack: [],
    counters: new Map(),
  };
  const seen = new Set(appliedIds);
  const stuck = new Set<string>();
  for (const stored of events) {
    const row = result.changed.get(stored.streamId) ?? rows.get(stored.streamId) ?? null;
    if (seen.has(stored.eventId) || (row && stored.version <= row.version)) {
      result.duplicates.push(stored);
    } else if (stuck.has(stored.streamId)) {
      result.heldBack.push(stored);
    } else {
      try {
        result.changed.set(stored.streamId, applyEvent(row, stored));
        result.applied.push(stored);
        seen.add(stored.eventId);
      } catch (error) {
        stuck.add(stored.streamId);
        result.failed.push({ stored, error: (error as Error).message });
      }
    }
  }
  for (const [id, row] of result.changed) {
    const before = rows.get(id);
    if (before) count(result.counters, before.state, -1);
    count(result.counters, row.state, 1);
  }
  return result;
}

function applyEvent(before: ListRow | null, stored: StoredEvent): ListRow {
  const expected = (before?.version ?? 0) + 1;
  if (stored.version !== expected) {
    throw new Error(`version ${stored.version} arrived where ${expected} was due`);
  }
  const state = evolve(before?.state ?? null, stored.event);
  return {
    requestId: stored.streamId,
    version: stored.version,
    applied: (before?.applied ?? 0) + 1,
    state,
    updatedAt: stored.at,
  };
}

function count(counters: Projection["counters"], state: RequestState, sign: 1 | -1): void {
  const before = counters.get(state.status) ?? { count: 0, totalYen: 0 };
  counters.set(state.status, {
    count: before.count + sign,
    totalYen: before.totalYen + sign * state.contents.amountYen,
  });
}

/** The form in which texts are compared: full-width letters, half-width kana and case make no difference. */
export function normalise(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

export function searchText(state: RequestState): string {
  const { title, body } = state.contents;
  const approver = currentApprover(state)?.name ?? "";
  return normalise([title, body, state.applicant.name, approver].join("\n"));
}

/** Words that must all occur; white space separates, the Japanese one too. */
export function searchWords(query: string): string[] {
  return [...new Set(normalise(query).split(/\s+/u).filter(Boolean))].slice(0, 10);
}
