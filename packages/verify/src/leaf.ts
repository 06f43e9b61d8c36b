// What a leaf of Toban's audit log looks like, and whether it belongs where it stands.

import type { Reveal } from "./bundle.ts";
import { parseCanonicalText } from "./canonical.ts";
import { isTimestamp } from "./checkpoint.ts";
import { commitTo } from "./commitment.ts";
import { decodeBase64 } from "./note.ts";

const TEXTS = ["action", "actorId", "class", "id", "resource", "result", "tenantId", "ts"];
const TEXTS_OR_NULL = ["correlationId", "sourceIp"];
/** In the order in which canonical JSON has them. */
const FIELDS = [...TEXTS, ...TEXTS_OR_NULL, "details", "v"].sort().join();

/** Why `text` is no leaf of this tenant and class; undefined when it is one. */
export function leafProblem(text: string, tenant: string, name: string): string | undefined {
  let leaf: Record<string, unknown>;
  try {
    leaf = parseCanonicalText(text) as typeof leaf;
  } catch (error) {
    return (error as Error).message;
  }
  if (leaf === null || typeof leaf !== "object" || Object.keys(leaf).join() !== FIELDS) {
    return "its fields are not those of an audit event";
  }
  if (leaf.v !== 1) return `version ${JSON.stringify(leaf.v)} is not known`;
  const wrong =
    TEXTS.find((field) => typeof leaf[field] !== "string") ??
    TEXTS_OR_NULL.find((field) => leaf[field] !== null && typeof leaf[field] !== "string");
  if (wrong !== undefined) return `${wrong} is not a text`;
  if (typeof leaf.details !== "object" || leaf.details === null || Array.isArray(leaf.details)) {
    return "details is not an object";
  }
  if (leaf.tenantId !== tenant) return `it is of tenant ${JSON.stringify(leaf.tenantId)}`;
  if (leaf.class !== name) return `it is of class ${JSON.stringify(leaf.class)}`;
  return isTimestamp(leaf.ts as string) ? undefined : `its time ${JSON.stringify(leaf.ts)} does not exist`;
}

/** Why a revealed value is not the one that the leaf commits to; undefined when it is. */
export function revealProblem({ commitment, value, salt }: Reveal, leaf: string): string | undefined {
  if (!leaf.includes(commitment) || commitment === "") return `${commitment} is not in the event`;
  const bytes = decodeBase64(salt);
  if (bytes?.length !== 32) return `the salt of ${commitment} is not 32 bytes in base64`;
  return commitTo(value, bytes) === commitment
    ? undefined
    : `the value revealed for ${commitment} is not the one it commits to`;
}
