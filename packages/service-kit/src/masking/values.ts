import { isOpaque } from "./assignments.ts";
import { POSTAL_MASK } from "./contacts.ts";
import type { FieldKind } from "./fields.ts";
import { isMaskedName, knownName, maskedName } from "./names.ts";
import { maskedPhone } from "./phones.ts";
import { type Kind, MASK } from "./spans.ts";

/** Masks a text of no particular field. */
export type MaskText = (text: string) => string;
export type Count = (kind: Kind) => void;

const LONGEST_NAME = 60;

/** What a field of this kind shows instead of `value`. */
export function maskedField(kind: FieldKind, value: string, text: MaskText, count?: Count): string {
  if (value === "" || value === MASK) return value;
  const shown = shownField(kind, value);
  if (shown === undefined || shown === value) return text(value);
  count?.(KIND_OF[kind]);
  return shown;
}

export const KIND_OF: Record<FieldKind, Kind> = {
  secret: "secret",
  tokens: "secret",
  opaque: "secret",
  header: "secret",
  name: "name",
  "maybe-name": "name",
  phone: "phone",
  email: "email",
  "my-number": "my-number",
  card: "card",
  "bank-account": "bank-account",
  "postal-code": "postal-code",
};

/** Undefined: the field holds nothing of its kind, and is masked as any text. */
function shownField(kind: FieldKind, value: string): string | undefined {
  switch (kind) {
    case "secret":
    case "header":
      return MASK;
    case "tokens":
      return /^[\d.,\s]+$/.test(value) ? undefined : MASK;
    case "opaque":
      return isOpaque(value) ? MASK : undefined;
    case "name":
      return isMaskedName(value) || value.length > LONGEST_NAME || value.trim() === ""
        ? undefined
        : maskedName(value);
    case "maybe-name":
      return knownName(value) === value.trim() ? maskedName(value) : undefined;
    case "email":
      return /^[^@\s*]+@[^@\s.]+$/.test(value)
        ? `${value[0]}***${value.slice(value.indexOf("@"))}`
        : undefined;
    default:
      return shownNumber(kind, value);
  }
}

function shownNumber(
  kind: "phone" | "my-number" | "card" | "bank-account" | "postal-code",
  value: string,
): string | undefined {
  if (value.includes("*") || value.length > 40) return undefined;
  const plain = value.normalize("NFKC");
  if (kind === "phone") return maskedPhone(plain);
  const digits = plain.replace(/\D/g, "");
  // An account's name or an id with letters is not its number.
  if (kind === "bank-account") {
    return digits.length >= 4 && (/^[\d\s-]+$/.test(plain) || /^[A-Z]{2}\d{2}[A-Z0-9 ]{11,}$/.test(plain))
      ? MASK
      : undefined;
  }
  if (kind === "my-number") return digits.length === 12 ? MASK : undefined;
  if (kind === "card")
    return digits.length >= 12 && digits.length <= 19 ? `****-****-****-${digits.slice(-4)}` : undefined;
  return digits.length === 7 ? POSTAL_MASK : undefined;
}

/** A number of a personal field is shown as text; every other number stays. */
export function maskedNumber(kind: FieldKind | undefined, written: string): string | undefined {
  if (kind === undefined || kind === "tokens" || kind === "email") return undefined;
  if (kind === "secret" || kind === "header") return MASK;
  if (kind === "name" || kind === "maybe-name" || kind === "opaque" || !/^\d+$/.test(written))
    return undefined;
  return shownNumber(kind, written);
}

type Form = { names: RegExp; form: RegExp };
/** The allow-list: a field of this name with a value of this form is what the name says. */
const ALLOWED: Form[] = [
  {
    names: /^(?:ts|time|timestamp|date|startedAt|endedAt|createdAt|updatedAt)$/,
    form: /^\d{4}-\d\d-\d\dT[\d:.]{5,18}(?:Z|[+-]\d\d:?\d\d)$/,
  },
  {
    names: /^(?:traceId|trace_id|spanId|span_id|parentSpanId|parent_span_id)$/,
    form: /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/,
  },
  { names: /^(?:level|severity)$/, form: /^[A-Za-z]{4,11}$/ },
  {
    names: /^(?:correlationId|correlation_id|requestId|request_id|id|eventId|tenantId|taskId|messageId)$/,
    form: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  },
];
const formOf = new Map<string, RegExp | undefined>();

export function isAllowed(key: string, value: string): boolean {
  let form = formOf.get(key);
  if (form === undefined && !formOf.has(key)) {
    form = ALLOWED.find(({ names }) => names.test(key))?.form;
    if (formOf.size > 10_000) formOf.clear();
    formOf.set(key, form);
  }
  return form?.test(value) ?? false;
}
