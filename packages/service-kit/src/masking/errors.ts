const MAX_CAUSES = 8;

/**
 * An error as data, with its whole chain of causes. Only known fields are taken: drivers put rows and parameters
 * into others (`detail`, `where`, `config`).
 */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === "object" && error !== null ? "[object]" : error;
  const { code, errors } = error as Error & { code?: unknown; errors?: unknown };
  const described: Record<string, unknown> = { type: error.name, message: error.message };
  if (typeof code === "string" || typeof code === "number") described.code = code;
  if (error.stack !== undefined) described.stack = error.stack;
  if (depth < MAX_CAUSES) {
    if (error.cause !== undefined) described.cause = describeError(error.cause, depth + 1);
    if (Array.isArray(errors))
      described.errors = errors.slice(0, 10).map((one) => describeError(one, depth + 1));
  }
  return described;
}
