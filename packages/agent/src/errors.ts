/** What every refusal says, the same in CLI, API and console. */
export type Refusal = { code: string; reason: string; remedy: string };

export type AgentErrorKind = "invalid" | "not_found" | "conflict" | "unavailable" | "bug";

const statusOf: Record<AgentErrorKind, number> = {
  invalid: 400,
  not_found: 404,
  conflict: 409,
  unavailable: 503,
  bug: 500,
};

export class AgentError extends Error implements Refusal {
  readonly kind: AgentErrorKind;
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;

  constructor(kind: AgentErrorKind, refusal: Refusal, options?: { cause?: unknown }) {
    super(`${refusal.code}: ${refusal.reason}`, options);
    this.name = "AgentError";
    this.kind = kind;
    this.code = refusal.code;
    this.reason = refusal.reason;
    this.remedy = refusal.remedy;
  }
}

const refuse = (kind: AgentErrorKind) => (code: string, reason: string, remedy: string, cause?: unknown) =>
  new AgentError(kind, { code, reason, remedy }, cause === undefined ? undefined : { cause });

export const invalid = refuse("invalid");
export const notFound = refuse("not_found");
export const conflict = refuse("conflict");
export const unavailable = refuse("unavailable");
export const bug = refuse("bug");

export function refusalOf(error: unknown): Refusal & { kind: AgentErrorKind; status: number } {
  if (error instanceof AgentError) {
    const { kind, code, reason, remedy } = error;
    return { kind, code, reason, remedy, status: statusOf[kind] };
  }
  return {
    kind: "bug",
    status: 500,
    code: "internal_error",
    reason: messageOf(error),
    remedy: "Read the agent's log for the whole cause; report it as a defect.",
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's error code ("EADDRINUSE"), or "". */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}
