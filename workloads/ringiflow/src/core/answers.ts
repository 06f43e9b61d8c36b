import type { RequestAnswer, StepState } from "../bff/api.ts";
import { allowedCommands, type Deciding } from "../domain/decide.ts";
import { fold } from "../domain/evolve.ts";
import type { RequestState } from "../domain/model.ts";
import { requestLine } from "../events/execute.ts";
import type { StoredEvent } from "../events/store.ts";

/** A request with its history, folded from its events; null when there are none. */
export function requestAnswer(events: readonly StoredEvent[], reader: Deciding): RequestAnswer | null {
  const state = fold(events.map(({ event }) => event));
  const newest = events.at(-1);
  if (!state || !newest) return null;
  return {
    request: {
      ...requestLine({ id: newest.streamId, state, version: newest.version, updatedAt: newest.at }),
      body: state.contents.body,
      department: state.department,
      attachments: state.contents.attachments,
      route: state.route.map((step, index) => ({ ...step, state: stepState(state, index) })),
      allowed: allowedCommands(state, reader),
    },
    history: events.map(({ at, actor, event }) => ({
      at: at.toISOString(),
      actor,
      type: event.type,
      comment: event.comment,
    })),
  };
}

export function stepState(state: RequestState, index: number): StepState {
  if (index < state.approvedSteps) return "approved";
  const decides = index === state.approvedSteps;
  switch (state.status) {
    case "in_review":
      return decides ? "current" : "pending";
    case "returned":
      return decides ? "returned" : "pending";
    case "rejected":
      return decides ? "rejected" : "skipped";
    default:
      return "skipped";
  }
}
