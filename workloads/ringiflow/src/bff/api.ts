import type { Attachment, Category, PersonRef, RequestEventType, Role, Status } from "../domain/model.ts";

/** The JSON that the web page and any other client of the BFF reads. Times are ISO 8601 in UTC. */

export type User = {
  id: string;
  name: string;
  tenant: string;
  tenantName: string;
  department: string;
  roles: string[];
};

/** GET /api/users: the people of the development sign-in. */
export type Users = { users: User[] };

/** POST /api/session {userId} → 201, GET /api/session → 200 or 401; DELETE /api/session → 204. */
export type Session = { user: User; csrfToken: string };

export type RequestSummary = {
  id: string;
  title: string;
  category: Category;
  amountYen: number;
  status: Status;
  applicant: PersonRef;
  currentApprover: PersonRef | null;
  /** Send back as `expectedVersion`. */
  version: number;
  updatedAt: string;
};

export type StepState = "pending" | "current" | "approved" | "rejected" | "returned" | "skipped";

export type CommandName = "approve" | "reject" | "return" | "withdraw" | "comment" | "resubmit";

export type RequestDetail = RequestSummary & {
  body: string;
  department: string;
  attachments: Attachment[];
  route: { role: Role; approver: PersonRef; state: StepState }[];
  /** What the signed-in user may do now. */
  allowed: CommandName[];
};

export type HistoryEntry = { at: string; actor: PersonRef; type: RequestEventType; comment: string | null };

/** GET /api/requests?view=mine|to-decide|all&q=&limit= (default all, no words, 50; newest first). */
export type RequestList = { requests: RequestSummary[] };

/** GET /api/requests/:id. Folded from the events: a write is visible here at once, in lists within a second. */
export type RequestAnswer = { request: RequestDetail; history: HistoryEntry[] };

export type View = "mine" | "to-decide" | "all";

/** Body of POST /api/requests. */
export type SubmitBody = {
  title: string;
  body: string;
  category: Category;
  amountYen: number;
  attachments?: Attachment[];
};

/**
 * Body of POST /api/requests/:id/:command. `reject`, `return` and `comment` need a comment (else 400
 * `comment_missing`); `resubmit` may carry changed contents.
 */
export type CommandBody = { expectedVersion: number; comment?: string } & Partial<SubmitBody>;

/** Answer of every POST under /api/requests (201 for a new request, else 200). */
export type CommandAnswer = { request: RequestSummary };

/** GET /api/summary, from 1.1.0 on; 404 before. */
export type Summary = { count: number; totalYen: number; byStatus: Record<Status, number> };

export type About = { version: string; features: { summary: boolean } };

/** Reason and remedy in the language of `accept-language` (Japanese unless English is preferred). */
export type ErrorAnswer = { error: { code: string; reason: string; remedy: string } };
