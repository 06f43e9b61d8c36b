// A personal value in the log is a commitment to it: value and salt prove it, and without the salt it says nothing.
import { hash } from "node:crypto";
import { isWellFormed } from "./canonical.ts";

const DOMAIN = Buffer.from("toban/commitment/v1\n");
const SALT_BYTES = 32;
const COMMITMENT = /^~[A-Za-z0-9_-]{43}$/;

/**
 * `~` and the base64url of SHA-256 over domain, salt and value. The salt has exactly 32 bytes: were other lengths
 * possible, a part of the value could be passed off as salt and the commitment would open to a second value.
 */
export function commitTo(value: string, salt: Uint8Array): string {
  if (salt.length !== SALT_BYTES) throw new TypeError(`the salt of a commitment has ${SALT_BYTES} bytes`);
  if (!isWellFormed(value)) throw new TypeError("a value with a lone surrogate has no bytes to commit to");
  return `~${hash("sha256", Buffer.concat([DOMAIN, salt, Buffer.from(value)]), "base64url")}`;
}

export const isCommitment = (text: string): boolean => COMMITMENT.test(text);
