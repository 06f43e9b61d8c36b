import { type Context, context, createContextKey } from "@opentelemetry/api";

export const CORRELATION_HEADER = "x-request-id";

const KEY = createContextKey("toban correlation id");
const VALID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** A caller's id when it is short and plain (64 of `A-Za-z0-9._:-`), else a new one: it ends up in every log line. */
export function chooseCorrelationId(header: string | string[] | undefined, newId: () => string): string {
  return typeof header === "string" && VALID.test(header) ? header : newId();
}

export function withCorrelation(correlationId: string, parent: Context): Context {
  return parent.setValue(KEY, correlationId);
}

/** The correlation id of the request (or job) that is running now. */
export function correlationOf(current: Context = context.active()): string | undefined {
  return current.getValue(KEY) as string | undefined;
}
