import { describe, expect, test } from "vitest";
import { allowedCommands, type Command, decide } from "./decide.ts";
import { DIRECTORIES, findPerson } from "./directory.ts";
import { currentApprover, evolve, fold } from "./evolve.ts";
import type { Contents, RequestEvent, RequestState } from "./model.ts";

const directory = DIRECTORIES[0]!;
const APPLICANT = "aozora-01";
const MANAGER = "aozora-03";
const HEAD = "aozora-04";
const STRANGER = "aozora-06";
const contents: Contents = {
  title: "ノートPCの購入",
  body: "故障のため交換します。",
  category: "purchase",
  amountYen: 150_000,
  attachments: [],
};

function run(...commands: [actor: string, command: Command][]): RequestState {
  const events: RequestEvent[] = [];
  for (const [actor, command] of commands) {
    const outcome = decide(fold(events), command, { directory, actor: findPerson(actor)!.person });
    if (!outcome.ok) throw new Error(outcome.refusal.code);
    events.push(...outcome.events);
  }
  return fold(events)!;
}

const submit: [string, Command] = [APPLICANT, { name: "submit", contents }];
const simple = (name: "approve" | "reject" | "return" | "withdraw" | "comment"): Command => ({
  name,
  comment: "理由",
});
const resubmit: Command = { name: "resubmit", comment: null, changes: {} };

describe("a request", () => {
  test("is approved when the last approver has approved", () => {
    const first = run(submit, [MANAGER, simple("approve")]);
    expect(first.status).toBe("in_review");
    expect(currentApprover(first)?.id).toBe(HEAD);
    const last = run(submit, [MANAGER, simple("approve")], [HEAD, simple("approve")]);
    expect(last.status).toBe("approved");
    expect(currentApprover(last)).toBeNull();
  });

  test("starts its route again after it was returned and submitted again", () => {
    const state = run(submit, [MANAGER, simple("approve")], [HEAD, simple("return")], [APPLICANT, resubmit]);
    expect(state.status).toBe("in_review");
    expect(currentApprover(state)?.id).toBe(MANAGER);
  });

  test("gets the route of its new amount when it is submitted again", () => {
    const cheaper: Command = { name: "resubmit", comment: null, changes: { amountYen: 99_999 } };
    const state = run(submit, [MANAGER, simple("return")], [APPLICANT, cheaper]);
    expect(state.route.map((step) => step.role)).toEqual(["manager"]);
    expect(state.contents.title).toBe(contents.title);
  });

  const refusals: [string, [string, Command][], string, Command, string][] = [
    ["approved by the next approver", [submit], HEAD, simple("approve"), "not_current_approver"],
    ["approved by a stranger", [submit], STRANGER, simple("approve"), "not_current_approver"],
    ["approved by its applicant", [submit], APPLICANT, simple("approve"), "self_approval"],
    ["rejected by its applicant", [submit], APPLICANT, simple("reject"), "self_approval"],
    ["withdrawn by an approver", [submit], MANAGER, simple("withdraw"), "not_applicant"],
    ["resubmitted by an approver", [submit, [MANAGER, simple("return")]], MANAGER, resubmit, "not_applicant"],
    ["resubmitted while in review", [submit], APPLICANT, resubmit, "not_returned"],
    [
      "approved after the withdrawal",
      [submit, [APPLICANT, simple("withdraw")]],
      MANAGER,
      simple("approve"),
      "not_in_review",
    ],
    [
      "withdrawn after the rejection",
      [submit, [MANAGER, simple("reject")]],
      APPLICANT,
      simple("withdraw"),
      "already_closed",
    ],
    [
      "approved while returned",
      [submit, [MANAGER, simple("return")]],
      MANAGER,
      simple("approve"),
      "not_in_review",
    ],
    ["rejected without a reason", [submit], MANAGER, { name: "reject", comment: null }, "comment_missing"],
    ["returned without a reason", [submit], MANAGER, { name: "return", comment: null }, "comment_missing"],
    ["commented on with nothing", [submit], MANAGER, { name: "comment", comment: null }, "comment_missing"],
    ["commented on by a stranger", [submit], STRANGER, simple("comment"), "not_participant"],
    ["submitted twice", [submit], APPLICANT, submit[1], "request_exists"],
    ["approved before it exists", [], MANAGER, simple("approve"), "request_not_found"],
  ];
  test.each(refusals)("cannot be %s", (_name, before, actor, command, code) => {
    const state = before.length > 0 ? run(...before) : null;
    const outcome = decide(state, command, { directory, actor: findPerson(actor)!.person });
    expect(outcome.ok ? null : outcome.refusal.code).toBe(code);
    if (!outcome.ok) {
      expect(outcome.refusal.remedy.en).not.toBe("");
      expect(outcome.refusal.remedy.ja).not.toBe("");
    }
  });

  test("offers each person what that person may do", () => {
    const state = run(submit);
    const allowed = (id: string) => allowedCommands(state, { directory, actor: findPerson(id)!.person });
    expect(allowed(MANAGER)).toEqual(["approve", "reject", "return", "comment"]);
    expect(allowed(APPLICANT)).toEqual(["withdraw", "comment"]);
    expect(allowed(STRANGER)).toEqual([]);
  });

  test("with events that cannot follow one another is recognised as damaged", () => {
    const state = run(submit);
    expect(() => evolve(null, { type: "withdrawn", comment: null })).toThrow("before submitted");
    expect(() => evolve(state, { type: "nonsense" } as unknown as RequestEvent)).toThrow(
      "unknown event type",
    );
    expect(() => evolve(state, { type: "approved", step: 1, comment: null })).toThrow("step 1");
  });
});
