import type { Actor } from "../platform/ctx.ts";
import type { Refusal } from "../platform/errors.ts";
import { digestOf, renderInput } from "./plan.ts";
import type { RunRecord } from "./types.ts";

/** What the approver saw; an approval counts for exactly this. */
export type Presented = { step: number; planHash: string; inputDigest: string };
export type Approval = Presented & { approver: string };

/** `kind:id`, as in the audit record. */
export const actorText = (actor: Actor) => `${actor.kind}:${actor.id}`;

/** The one policy behind every path to an approval. */
export function decideApproval(
  run: RunRecord,
  actor: Actor,
  presented: Presented,
  earlier: Approval[],
): { kind: "refused"; refusal: Refusal } | { kind: "counted"; missing: number } {
  const refused = (code: string, reason: string, remedy: string) =>
    ({ kind: "refused", refusal: { code, reason, remedy } }) as const;
  const approver = actorText(actor);
  const wait = run.plan.steps[run.position]?.wait;
  if (run.activity !== "approval" || run.position !== presented.step || wait?.kind !== "approval") {
    return refused(
      "step_not_waiting",
      "This step does not wait for an approval now.",
      "Look at the run again.",
    );
  }
  if (actor.kind !== "person") {
    return refused("approver_not_a_person", "Only a person can approve.", "Sign in as a person.");
  }
  if (approver === run.requestedBy || actor.id === run.requestedBy) {
    return refused(
      "approver_is_requester",
      "Who requested the run cannot approve it.",
      "Ask somebody else to approve.",
    );
  }
  const inputDigest = digestOf(renderInput(run).input);
  if (presented.planHash !== run.planHash || presented.inputDigest !== inputDigest) {
    return refused(
      "approval_stale",
      "The approval is for another plan or another input than the run has.",
      "Read the step as it is now and approve that.",
    );
  }
  const valid = earlier.filter((a) => a.planHash === run.planHash && a.inputDigest === inputDigest);
  const approvers = new Set(valid.filter((a) => a.step === run.position).map((a) => a.approver));
  if (approvers.has(approver)) {
    return refused(
      "approved_already",
      "You have approved this step already.",
      "Another person has to approve.",
    );
  }
  return { kind: "counted", missing: Math.max(0, wait.approvers - approvers.size - 1) };
}
