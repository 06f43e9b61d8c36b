/** What every refusal says, the same everywhere. */
export type Refusal = { code: string; reason: string; remedy: string };

/** Thrown by a handler to answer with `{ error: { code, reason, remedy } }` and `statusCode`. */
export class ServiceError extends Error implements Refusal {
  readonly statusCode: number;
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;

  constructor(statusCode: number, refusal: Refusal, options?: { cause?: unknown }) {
    super(`${refusal.code}: ${refusal.reason}`, options);
    this.name = "ServiceError";
    this.statusCode = statusCode;
    this.code = refusal.code;
    this.reason = refusal.reason;
    this.remedy = refusal.remedy;
  }
}

/** `refuse(409, "version_conflict", "…", "…")`: an error to throw from a handler. */
export function refuse(
  statusCode: number,
  code: string,
  reason: string,
  remedy: string,
  cause?: unknown,
): ServiceError {
  return new ServiceError(statusCode, { code, reason, remedy }, cause === undefined ? undefined : { cause });
}

/** Status and body for anything thrown. What we did not foresee tells the caller nothing about its inside. */
export function answerOf(error: unknown): { statusCode: number; error: Refusal } {
  if (error instanceof ServiceError) {
    const { statusCode, code, reason, remedy } = error;
    return { statusCode, error: { code, reason, remedy } };
  }
  const statusCode = statusOf(error);
  if (statusCode >= 400 && statusCode < 500 && error instanceof Error) {
    const refusal = refusalFields(error);
    return {
      statusCode,
      error: {
        code: refusal.code ?? "invalid_request",
        reason: refusal.reason ?? error.message,
        remedy: refusal.remedy ?? "Correct the request and send it again.",
      },
    };
  }
  const refusal = error instanceof Error && statusOf(error) > 0 ? refusalFields(error) : {};
  if (refusal.code && refusal.reason && refusal.remedy) {
    return {
      statusCode,
      error: { code: refusal.code, reason: refusal.reason, remedy: refusal.remedy },
    };
  }
  return {
    statusCode: Math.max(statusCode, 500),
    error: {
      code: "internal_error",
      reason: "The service failed to answer this request.",
      remedy: "Try again; if it stays, report the correlation id of this answer.",
    },
  };
}

function statusOf(error: unknown): number {
  const status = (error as { statusCode?: unknown } | null | undefined)?.statusCode;
  return typeof status === "number" && status >= 400 && status <= 599 ? status : 0;
}

function refusalFields(error: Error): Partial<Refusal> {
  const fields = error as Error & Record<string, unknown>;
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const code = text(fields.code);
  const reason = text(fields.reason);
  const remedy = text(fields.remedy);
  return {
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}
