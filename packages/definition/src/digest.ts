import { createHash } from "node:crypto";
import { allCommitments } from "./bindings.ts";
import type { Operations } from "./model.ts";

/** JSON with keys in code-unit order, so that equal values have equal text. */
function canonical(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(",")}}`;
}

const sha256 = (value: unknown) => `sha256:${createHash("sha256").update(canonical(value)).digest("hex")}`;

/** Names the whole definition: the same whatever order its keys are written in. */
export const digest = (operations: Operations): string => sha256(operations);

/**
 * Digest of one part, for evidence that depends on it; null when there is no such part. A path is dotted
 * ("rollouts.standard"); elements of lists are named by id ("proofs.<id>", "registers.RF"), and
 * "commitments.RF-013" finds a commitment in whatever register it stands.
 */
export function digestOf(operations: Operations, path: string): string | null {
  const part = partAt(operations, path);
  return part === undefined ? null : sha256(part);
}

export function partAt(operations: Operations, path: string): unknown {
  const [first = "", ...rest] = path.split(".");
  // Ids of proofs contain dots, so what follows the list's name is tried as one id.
  if (first === "commitments") return byId(allCommitments(operations), rest.join("."));
  if (first === "proofs" && rest.length > 0) return byId(operations.proofs, rest.join("."));
  let part: unknown = operations;
  for (const key of [first, ...rest]) {
    if (part === null || typeof part !== "object") return undefined;
    const found = Array.isArray(part) ? byId(part, key) : undefined;
    part = found ?? (Object.hasOwn(part, key) ? Reflect.get(part, key) : undefined);
  }
  return part;
}

const byId = (list: readonly { id?: unknown }[], id: string): unknown => list.find((item) => item.id === id);
