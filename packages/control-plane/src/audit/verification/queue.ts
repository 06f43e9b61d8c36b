import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import type { AuditClass } from "../record/event.ts";
import { rebuildLeaf } from "./rebuild.ts";
import { type QueuedRow, queuedEvents } from "./store.ts";
import { AUDIT_CLASSES, type AuditFailure, failure } from "./types.ts";

const PAGE = 2_000;

/** What waits to be sealed must be an event, once, and say what its event says. */
export async function checkQueue(db: Database, ctx: Pick<Ctx, "tenant">): Promise<AuditFailure[]> {
  const failures: AuditFailure[] = [];
  for (let after = -1; ; ) {
    const rows = await db.tx(ctx, (tx) => queuedEvents(tx, after, PAGE));
    for (const row of rows) {
      const reason = faultOf(row, ctx.tenant);
      const at = { class: classOf(row.queuedClass) ?? classOf(row.class), seq: null };
      if (reason) failures.push(failure("audit_queue_wrong", at, reason));
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE || failures.length > 20) return failures;
    after = last.position;
  }
}

/** The column of the queue takes any text. */
const classOf = (text: string | null): AuditClass | null =>
  AUDIT_CLASSES.find((class_) => class_ === text) ?? null;

function faultOf(row: QueuedRow, tenant: string): string | undefined {
  if (row.id === null) return `Event ${row.eventId} waits to be sealed, but is missing.`;
  if (row.sealed) return `Event ${row.eventId} waits to be sealed, but is sealed already.`;
  if (row.queuedClass !== null && row.queuedClass !== row.class) {
    return `Event ${row.eventId} of class ${row.class} waits in class ${row.queuedClass}.`;
  }
  if (row.hasLeaf && rebuildLeaf(row, tenant) !== row.leaf) {
    return `The columns of event ${row.eventId} do not say what its waiting leaf says.`;
  }
  return undefined;
}
