import { type Checkpoint, formatCheckpoint, openNote, parseCheckpoint, signNote } from "@toban/verify";
import type { Ctx } from "../../platform/ctx.ts";
import { type AuditClass, microsToText } from "../record/event.ts";
import type { AuditKeys } from "./keys.ts";

export const originOf = (keys: AuditKeys, tenant: string, auditClass: AuditClass): string =>
  `${keys.installation}/${tenant}/${auditClass}`;

/** The signed statement that this tree has this root at this size, now. */
export function signHead(
  keys: AuditKeys,
  ctx: Pick<Ctx, "tenant" | "clock">,
  tree: { class: AuditClass; size: number; root: Buffer },
): string {
  const text = formatCheckpoint({
    origin: originOf(keys, ctx.tenant, tree.class),
    size: tree.size,
    root: tree.root,
    extensions: [`time ${microsToText(ctx.clock.nowMicros())}`],
  });
  return signNote(text, keys.signers());
}

/** The checkpoint of a note that one of our keys signed for this tree; throws otherwise. */
export function readHead(keys: AuditKeys, tenant: string, auditClass: AuditClass, note: string): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(note, keys.verifiers()).text);
  const origin = originOf(keys, tenant, auditClass);
  if (checkpoint.origin !== origin)
    throw new TypeError(`the note is about ${checkpoint.origin}, not ${origin}`);
  return checkpoint;
}
