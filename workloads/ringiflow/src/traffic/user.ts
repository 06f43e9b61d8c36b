import type { RequestAnswer, RequestSummary, Session, User } from "../bff/api.ts";
import type { Answer, Browser } from "./browser.ts";
import type { Chance } from "./random.ts";
import type { Statistics } from "./statistics.ts";
import { decision, newRequest, remark, searchWord } from "./texts.ts";

/** One person at work; `step` sends exactly one request of what the person is doing. */
export type Worker = { step(): Promise<void> };

type Step = () => Promise<void>;

/** How often somebody reads a request anew that another person changed meanwhile. */
const MAX_CONFLICTS = 3;
const LIST_LIMIT = 20;

/** Signs in, then applies, reads, comments and decides as the duties of `user` allow. */
export function createWorker(options: {
  user: User;
  browser: Browser;
  chance: Chance;
  statistics: Statistics;
  newKey(): string;
}): Worker {
  const { user, browser, chance, statistics, newKey } = options;
  const decides = user.roles.some((role) => role !== "applicant");
  let signedIn = false;
  let todo: Step[] = [];

  /** Every answer passes here: a session that has ended sends the person back to the sign-in. */
  const usable = (answer: Answer): boolean => {
    if (answer.status === 401 || codeOf(answer).startsWith("csrf_token")) {
      signedIn = false;
      todo = [];
    }
    return answer.status >= 200 && answer.status < 300;
  };

  const signIn: Step = async () => {
    browser.setCsrfToken(null);
    const answer = await browser.post("/api/session", { userId: user.id }, newKey());
    // A cookie of an earlier session may still be alive here: then its token is needed, and asked for.
    if (codeOf(answer) === "csrf_token_missing") {
      todo = [recover];
      return;
    }
    if (answer.status === 201) enter(answer.body as Session);
  };
  const recover: Step = async () => {
    const answer = await browser.get("/api/session");
    if (answer.status === 200) enter(answer.body as Session);
  };
  const enter = (session: Session) => {
    browser.setCsrfToken(session.csrfToken);
    signedIn = true;
    todo = [];
  };

  const list = async (query: Record<string, string>): Promise<RequestSummary[]> => {
    const answer = await browser.get(
      `/api/requests?${new URLSearchParams({ ...query, limit: String(LIST_LIMIT) })}`,
    );
    return usable(answer) ? ((answer.body as { requests?: RequestSummary[] }).requests ?? []) : [];
  };

  const open = async (id: string): Promise<RequestAnswer["request"] | null> => {
    const answer = await browser.get(`/api/requests/${encodeURIComponent(id)}`);
    return usable(answer) ? (answer.body as RequestAnswer).request : null;
  };

  const submit: Step = async () => {
    const answer = await browser.post("/api/requests", newRequest(chance), newKey());
    if (usable(answer)) statistics.submitted();
  };

  const command = async (id: string, name: string, version: number, comment?: string): Promise<Answer> =>
    browser.post(
      `/api/requests/${encodeURIComponent(id)}/${name}`,
      { expectedVersion: version, ...(comment === undefined ? {} : { comment }) },
      newKey(),
    );

  const readAndDecide =
    (id: string, conflicts = 0): Step =>
    async () => {
      const request = await open(id);
      if (!request?.allowed.includes("approve")) return;
      todo.unshift(async () => {
        const { command: name, comment } = decision(chance);
        const answer = await command(id, name, request.version, comment);
        if (usable(answer)) statistics.decided();
        else if (answer.status === 409 && conflicts < MAX_CONFLICTS)
          todo.unshift(readAndDecide(id, conflicts + 1));
      });
    };

  const workThroughInbox: Step = async () => {
    const waiting = await list({ view: "to-decide", q: "" });
    const some = chance.shuffled(waiting).slice(0, chance.whole(1, 3));
    todo.push(...some.map(({ id }) => readAndDecide(id)));
  };

  const followUp =
    (id: string): Step =>
    async () => {
      const request = await open(id);
      if (!request) return;
      if (request.allowed.includes("resubmit") && chance.happens(0.7)) {
        todo.unshift(async () => void usable(await command(id, "resubmit", request.version, remark(chance))));
      } else if (request.allowed.includes("comment") && chance.happens(0.15)) {
        todo.unshift(async () => void usable(await command(id, "comment", request.version, remark(chance))));
      } else if (request.allowed.includes("withdraw") && chance.happens(0.03)) {
        todo.unshift(async () => void usable(await command(id, "withdraw", request.version)));
      }
    };

  const lookAtOwn: Step = async () => {
    const own = await list({ view: "mine", q: "" });
    if (own.length > 0) todo.push(followUp(chance.pick(own).id));
    if (chance.happens(0.45)) todo.push(submit);
  };

  const search: Step = async () => {
    const found = await list({ view: "all", q: chance.happens(0.7) ? searchWord(chance) : "" });
    if (found.length > 0 && chance.happens(0.5)) {
      const { id } = chance.pick(found);
      todo.push(async () => void (await open(id)));
    }
  };

  const openPage: Step = async () => void (await browser.get("/", "text/html"));

  const plan = (): Step => {
    if (chance.happens(0.04)) return openPage;
    if (chance.happens(0.12)) return search;
    return decides && chance.happens(0.7) ? workThroughInbox : lookAtOwn;
  };

  return {
    async step() {
      const next = todo.shift() ?? (signedIn ? plan() : signIn);
      await next();
    },
  };
}

function codeOf(answer: Answer): string {
  const { error } = (answer.body ?? {}) as { error?: { code?: unknown } };
  return typeof error?.code === "string" ? error.code : "";
}

/**
 * People of every tenant in turn, of each tenant an approver and an applicant in turn. More users than people means
 * that some have a second browser: the edge tells browsers apart, not people.
 */
export function choosePeople(people: readonly User[], count: number, chance: Chance): User[] {
  const tenants = [...new Set(people.map(({ tenant }) => tenant))].sort();
  const queues = tenants.map((tenant) => {
    const own = chance.shuffled(people.filter((person) => person.tenant === tenant));
    const approvers = own.filter(({ roles }) => roles.some((role) => role !== "applicant"));
    const applicants = own.filter((person) => !approvers.includes(person));
    const mixed: User[] = [];
    for (let index = 0; index < own.length; index++) {
      const one = [approvers[index], applicants[index]].filter((person) => person !== undefined);
      mixed.push(...one);
    }
    return mixed;
  });
  const order = Array.from({ length: Math.max(0, ...queues.map(({ length }) => length)) }, (_one, round) =>
    queues.map((queue) => queue[round]).filter((person) => person !== undefined),
  ).flat();
  return Array.from({ length: order.length > 0 ? count : 0 }, (_one, index) => order[index % order.length]!);
}
