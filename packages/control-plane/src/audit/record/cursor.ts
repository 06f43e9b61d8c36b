import { invalid } from "../../platform/errors.ts";

/** Where a page ended: the next one holds what is older. */
export type Position = { tsMicros: number; id: string };

export function cursorOf({ tsMicros, id }: Position): string {
  return Buffer.from(`${tsMicros}/${id}`).toString("base64url");
}

/** @throws `invalid("audit_cursor_invalid")` */
export function readCursor(cursor: string): Position {
  const text = /^[\w-]{1,300}$/.test(cursor) ? Buffer.from(cursor, "base64url").toString() : "";
  const [, ts, id] = /^(\d{1,16})\/([\x21-\x7e]{1,128})$/.exec(text) ?? [];
  if (ts !== undefined && id !== undefined) return { tsMicros: Number(ts), id };
  throw invalid(
    "audit_cursor_invalid",
    "This is no cursor of a page of the audit record.",
    "Pass `nextCursor` of the page before as it is, or none for the newest events.",
  );
}
