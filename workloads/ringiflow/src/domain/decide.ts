import type { CommandName } from "./commands.ts";
import type { Directory, Person } from "./directory.ts";
import { currentApprover } from "./evolve.ts";
import type { Contents, Outcome, PersonRef, RequestEvent, RequestState } from "./model.ts";
import * as refusals from "./refusals.ts";
import { planRoute } from "./route.ts";

export type Command =
  | { name: "submit"; contents: Contents }
  | { name: "resubmit"; comment: string | null; changes: Partial<Contents> }
  | { name: Exclude<CommandName, "resubmit">; comment: string | null };

export type Deciding = { directory: Directory; actor: Person };

/** What a command does to a request, or why it is refused. Pure. */
export function decide(
  state: RequestState | null,
  command: Command,
  { directory, actor }: Deciding,
): Outcome {
  const self: PersonRef = { id: actor.id, name: actor.name };
  if (command.name === "submit") {
    if (state) return refusals.alreadyExists();
    const route = planRoute(directory, actor, command.contents);
    if (!route) return refusals.noApprover();
    const { contents } = command;
    return accept({
      type: "submitted",
      contents,
      applicant: self,
      department: actor.department,
      route,
      comment: null,
    });
  }
  if (!state) return refusals.notFound();
  const { comment } = command;
  switch (command.name) {
    case "approve":
    case "reject":
    case "return": {
      const refused = mayDecide(state, self);
      if (refused) return refused;
      const step = state.approvedSteps;
      if (command.name === "approve") return accept({ type: "approved", step, comment });
      if (!comment) return refusals.commentMissing();
      return accept({ type: command.name === "reject" ? "rejected" : "returned", step, comment });
    }
    case "withdraw": {
      if (state.applicant.id !== self.id) return refusals.notApplicant();
      if (state.status !== "in_review" && state.status !== "returned") return refusals.alreadyClosed();
      return accept({ type: "withdrawn", comment });
    }
    case "resubmit": {
      if (state.applicant.id !== self.id) return refusals.notApplicant();
      if (state.status !== "returned") return refusals.notReturned();
      const contents = { ...state.contents, ...command.changes };
      const route = planRoute(directory, actor, contents);
      if (!route) return refusals.noApprover();
      return accept({ type: "resubmitted", contents, route, comment });
    }
    case "comment": {
      const takesPart =
        state.applicant.id === self.id || state.route.some((step) => step.approver.id === self.id);
      if (!takesPart) return refusals.notParticipant();
      if (!comment) return refusals.commentMissing();
      return accept({ type: "commented", comment });
    }
  }
}

/** The commands that would be accepted now, given the words they need. */
export function allowedCommands(state: RequestState, deciding: Deciding): CommandName[] {
  const names = ["approve", "reject", "return", "withdraw", "comment", "resubmit"] as const;
  return names.filter((name) => {
    const command: Command =
      name === "resubmit" ? { name, comment: null, changes: {} } : { name, comment: "…" };
    return decide(state, command, deciding).ok;
  });
}

function mayDecide(state: RequestState, actor: PersonRef) {
  if (state.applicant.id === actor.id) return refusals.selfApproval();
  if (state.status !== "in_review") return refusals.notInReview();
  if (currentApprover(state)?.id !== actor.id) return refusals.notCurrentApprover();
  return null;
}

const accept = (...events: RequestEvent[]): Outcome => ({ ok: true, events });
