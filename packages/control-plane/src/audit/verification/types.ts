import type { Refusal } from "../../platform/errors.ts";
import type { AuditClass } from "../record/event.ts";

export { AUDIT_CLASSES } from "../record/event.ts";

export const TILE_LEAVES = 256;

/** Something of a tenant's audit record that does not hold. `seq`: the leaf, or the first one that may be concerned. */
export type AuditFailure = Refusal & { class: AuditClass | null; seq: number | null };

/** A leaf with the event that its number belongs to, as the database has them now. */
export type LeafRow = {
  seq: number;
  /** Only of a leaf whose event is missing. */
  eventId: string | null;
  /** The stored bytes as text; null when they are not UTF-8. */
  leaf: string | null;
  /** The event's own id; null when there is no such event. */
  id: string | null;
  class: AuditClass;
  tsUs: number;
  actorId: string;
  action: string;
  resource: string;
  result: string;
  correlationId: string;
  sourceIp: string | null;
  /** JSON as the database prints it. */
  details: string;
};

export type TileRow = { tile: number; hashes: Buffer; root: Buffer; prunedAt: Date | null };

export type TreeRow = {
  class: AuditClass;
  size: number;
  root: Buffer;
  note: string;
  pruned: number;
};

/** A size and root that somebody has signed or kept: the tree must have had exactly this root at this size. */
export type KnownHead = { size: number; root: Buffer; from: string };

const REMEDY =
  "Treat it as an incident: keep the database as it is, open a legal hold, and compare with a backup and with exports.";

export const failure = (
  code: string,
  at: { class: AuditClass | null; seq: number | null },
  reason: string,
  remedy = REMEDY,
): AuditFailure => ({ class: at.class, seq: at.seq, code, reason, remedy });
