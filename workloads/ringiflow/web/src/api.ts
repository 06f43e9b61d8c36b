// All talk with the BFF. Types are the BFF's own.
import type {
  About,
  CommandAnswer,
  CommandBody,
  CommandName,
  ErrorAnswer,
  RequestAnswer,
  RequestSummary,
  Session,
  SubmitBody,
  Summary,
  User,
  View,
} from "../../src/bff/api.ts";

export type {
  About,
  CommandName,
  HistoryEntry,
  RequestAnswer,
  RequestDetail,
  RequestSummary,
  Session,
  StepState,
  SubmitBody,
  Summary,
  User,
  View,
} from "../../src/bff/api.ts";

export type Category = SubmitBody["category"];
export type Status = RequestSummary["status"];
export type Attachment = NonNullable<SubmitBody["attachments"]>[number];

export type Refusal = ErrorAnswer["error"];

/** Status 0: the server was not reached, or did not answer in JSON. */
export class RequestFailed extends Error {
  readonly status: number;
  readonly refusal: Refusal | null;
  constructor(status: number, refusal: Refusal | null) {
    super(refusal ? `${refusal.code}: ${refusal.reason}` : `HTTP ${status}`);
    this.name = "RequestFailed";
    this.status = status;
    this.refusal = refusal;
  }
}

/** In whose name and language is asked. */
export type Caller = { language: string; csrfToken: string | null };

type Call = { method?: string; body?: unknown; idempotencyKey?: string; signal?: AbortSignal };

async function call<T>(caller: Caller, path: string, options: Call = {}): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json", "accept-language": caller.language };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  if (options.method && caller.csrfToken) headers["x-csrf-token"] = caller.csrfToken;
  if (options.idempotencyKey) headers["idempotency-key"] = options.idempotencyKey;
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(path, {
      method: options.method ?? "GET",
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      credentials: "same-origin",
      signal: options.signal ?? null,
    });
    const text = await response.text();
    body = text === "" ? null : JSON.parse(text);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new RequestFailed(0, null);
  }
  if (!response.ok) throw new RequestFailed(response.status, refusalIn(body));
  return body as T;
}

function refusalIn(body: unknown): Refusal | null {
  const error = (body as Partial<ErrorAnswer> | null)?.error;
  return error && typeof error.reason === "string" ? error : null;
}

export type Questions = { view: View; q: string; limit: number };

export const getAbout = (caller: Caller, signal: AbortSignal) =>
  call<About>(caller, "/api/about", { signal });

export const getUsers = async (caller: Caller, signal: AbortSignal) =>
  (await call<{ users: User[] }>(caller, "/api/users", { signal })).users;

/** Null when nobody is signed in. */
export async function getSession(caller: Caller, signal: AbortSignal): Promise<Session | null> {
  try {
    return await call<Session>(caller, "/api/session", { signal });
  } catch (error) {
    if (error instanceof RequestFailed && error.status === 401) return null;
    throw error;
  }
}

export const signIn = (caller: Caller, userId: string) =>
  call<Session>(caller, "/api/session", { method: "POST", body: { userId } });

export const signOut = (caller: Caller) => call<null>(caller, "/api/session", { method: "DELETE" });

export async function getRequests(caller: Caller, ask: Questions, signal: AbortSignal) {
  const query = new URLSearchParams({ view: ask.view, limit: String(ask.limit) });
  if (ask.q) query.set("q", ask.q);
  return (await call<{ requests: RequestSummary[] }>(caller, `/api/requests?${query}`, { signal })).requests;
}

export const getRequest = (caller: Caller, id: string, signal: AbortSignal) =>
  call<RequestAnswer>(caller, `/api/requests/${encodeURIComponent(id)}`, { signal });

export const getSummary = (caller: Caller, signal: AbortSignal) =>
  call<Summary>(caller, "/api/summary", { signal });

export const submitRequest = (caller: Caller, body: SubmitBody, idempotencyKey: string) =>
  call<CommandAnswer>(caller, "/api/requests", { method: "POST", body, idempotencyKey });

export const sendCommand = (
  caller: Caller,
  id: string,
  name: CommandName,
  body: CommandBody,
  idempotencyKey: string,
) =>
  call<CommandAnswer>(caller, `/api/requests/${encodeURIComponent(id)}/${name}`, {
    method: "POST",
    body,
    idempotencyKey,
  });
