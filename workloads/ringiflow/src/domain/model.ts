/** A text that users read. */
export type Text = { en: string; ja: string };

export const CATEGORIES = ["purchase", "expense", "contract", "hiring", "other"] as const;
export type Category = (typeof CATEGORIES)[number];

export const STATUSES = ["in_review", "approved", "rejected", "returned", "withdrawn"] as const;
export type Status = (typeof STATUSES)[number];

/** The duty in whose name a person approves. */
export type Role = "manager" | "head" | "finance" | "legal" | "hr" | "executive";

export type PersonRef = { id: string; name: string };

export type Attachment = { name: string; size: number; type: string };

/** What the applicant writes. `amountYen` is a whole number of yen, tax included. */
export type Contents = {
  title: string;
  body: string;
  category: Category;
  amountYen: number;
  attachments: Attachment[];
};

export type RouteStep = { role: Role; approver: PersonRef };

type Decision = { comment: string | null };

/** Past tense, complete, never rewritten: the only truth about a request. */
export type RequestEvent =
  | {
      type: "submitted";
      contents: Contents;
      applicant: PersonRef;
      department: string;
      route: RouteStep[];
      comment: null;
    }
  | ({ type: "resubmitted"; contents: Contents; route: RouteStep[] } & Decision)
  | ({ type: "approved"; step: number } & Decision)
  | ({ type: "rejected"; step: number } & Decision)
  | ({ type: "returned"; step: number } & Decision)
  | ({ type: "withdrawn" } & Decision)
  | ({ type: "commented" } & Decision);

export type RequestEventType = RequestEvent["type"];

/** The fold of a request's events. */
export type RequestState = {
  contents: Contents;
  applicant: PersonRef;
  department: string;
  status: Status;
  route: RouteStep[];
  /** Steps of `route` that are approved; the next one decides while `in_review`. */
  approvedSteps: number;
};

/** A refused command: the same shape everywhere, in the reader's language. */
export type Refusal = {
  kind: "invalid" | "forbidden" | "not_found" | "conflict" | "unprocessable" | "unavailable";
  code: string;
  reason: Text;
  remedy: Text;
};

export type Outcome = { ok: true; events: RequestEvent[] } | { ok: false; refusal: Refusal };
