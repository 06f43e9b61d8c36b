/**
 * Secrets and personal data leave no process in a log line, a span, a notification or an export. Everything here is
 * pure and linear in the length of the text. Decided once, for all users:
 *
 * - The family name of a person stays (`田中 *`), of a telephone number its prefix and its last four digits, of a card
 *   its last four, of an e-mail address its first character and its domain. Anything else is `[masked]`.
 * - Message ids look like e-mail addresses, and are masked like them. `user@localhost` in a text is nobody's address.
 * - A field decides by its name first (fields.ts); what its name does not say, the text must show.
 */
import { createMasker } from "./masker.ts";

export { describeError } from "./errors.ts";
export { isSecretKey } from "./fields.ts";
export { createLineFilter, type LineFilter } from "./filter.ts";
export { createMasker, type MaskedLine, type Masker, type MaskerOptions } from "./masker.ts";
export { type Kind, MASK } from "./spans.ts";

const masker = createMasker();

/** `taro@example.com` → `t***@example.com`; bearer tokens, JWTs, URL passwords and `password=…` → `[masked]`. */
export const maskText = masker.text;
/** The same for a value of any depth; fields named like a secret lose their whole value. */
export const maskValue = (value: unknown): unknown => masker.value(value);
/** One named text: `maskField("phone", "09012345678")`. */
export const maskField = (key: string, value: string): string => masker.field(key, value);
/** One named number: `maskNumber("phone", "9012345678")`. */
export const maskNumber = (key: string, written: string): string => masker.number(key, written);
/** Masks one finished JSON line. A line that is no JSON object is masked as text and has no record. */
export const maskLine = (line: string) => masker.line(line);
