import type { PersonRef, RequestEvent, RequestState } from "./model.ts";

/** The state after one more event. Throws on an event that cannot follow: the stream is damaged then. */
export function evolve(state: RequestState | null, event: RequestEvent): RequestState {
  if (event.type === "submitted") {
    if (state) throw new Error("submitted twice");
    const { contents, applicant, department, route } = event;
    return { contents, applicant, department, route, status: "in_review", approvedSteps: 0 };
  }
  if (!state) throw new Error(`${event.type} before submitted`);
  switch (event.type) {
    case "approved": {
      if (event.step !== state.approvedSteps) throw new Error(`step ${event.step} approved out of order`);
      const approvedSteps = event.step + 1;
      const status = approvedSteps === state.route.length ? "approved" : "in_review";
      return { ...state, approvedSteps, status };
    }
    case "rejected":
      return { ...state, status: "rejected" };
    case "returned":
      return { ...state, status: "returned" };
    case "withdrawn":
      return { ...state, status: "withdrawn" };
    case "resubmitted": {
      const { contents, route } = event;
      return { ...state, contents, route, status: "in_review", approvedSteps: 0 };
    }
    case "commented":
      return state;
    default: {
      const unknown: never = event;
      throw new Error(`unknown event type ${String((unknown as { type?: unknown }).type)}`);
    }
  }
}

export function fold(events: readonly RequestEvent[]): RequestState | null {
  return events.reduce<RequestState | null>(evolve, null);
}

export function currentApprover(state: RequestState): PersonRef | null {
  return state.status === "in_review" ? (state.route[state.approvedSteps]?.approver ?? null) : null;
}
