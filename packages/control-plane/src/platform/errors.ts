export type ErrorKind =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "unavailable"
  | "bug";

/** What every refusal says, the same in CLI, API and console. */
export type Refusal = { code: string; reason: string; remedy: string };

export class TobanError extends Error implements Refusal {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;

  constructor(kind: ErrorKind, refusal: Refusal, options?: { cause?: unknown }) {
    super(`${refusal.code}: ${refusal.reason}`, options);
    this.name = "TobanError";
    this.kind = kind;
    this.code = refusal.code;
    this.reason = refusal.reason;
    this.remedy = refusal.remedy;
  }
}

const refuse = (kind: ErrorKind) => (code: string, reason: string, remedy: string, cause?: unknown) =>
  new TobanError(kind, { code, reason, remedy }, cause === undefined ? undefined : { cause });

export const invalid = refuse("invalid");
export const unauthenticated = refuse("unauthenticated");
export const forbidden = refuse("forbidden");
export const notFound = refuse("not_found");
export const conflict = refuse("conflict");
export const unavailable = refuse("unavailable");
export const bug = refuse("bug");

/** `{ code, reason, remedy }` of anything thrown; an error we did not foresee is a bug of ours. */
export function refusalOf(error: unknown): Refusal & { kind: ErrorKind } {
  if (error instanceof TobanError) {
    const { kind, code, reason, remedy } = error;
    return { kind, code, reason, remedy };
  }
  return {
    kind: "bug",
    code: "internal_error",
    reason: error instanceof Error ? error.message : String(error),
    remedy: "Read the control plane's log for the whole cause; report it as a defect.",
  };
}
