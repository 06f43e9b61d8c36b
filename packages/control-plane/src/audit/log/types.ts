import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import type { Logger } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import { AUDIT_CLASSES, type AuditClass } from "../record/event.ts";
import type { Guard } from "./guard.ts";
import type { AuditKeys } from "./keys.ts";

export const CLASSES = AUDIT_CLASSES;
/** Leaves of one tile; a tile is written when it is full. */
export const TILE = 256;

/** The head of one tree as the database has it. */
export type Head = {
  class: AuditClass;
  size: number;
  root: Buffer;
  frontier: Buffer;
  note: string;
  sealedAt: Date;
  pruned: number;
};

/** A signed checkpoint on its way out of the database. */
export type Anchor = { tenant: string; class: AuditClass; note: string; at: Date };

/** A public key, and the statement by which the key before it hands over; null for the first one. */
export type KeyRecord = { verifier: string; certificate: string | null };

/** A place outside the database that keeps checkpoints. */
export type AnchorSink = {
  name: string;
  /** Resolves when the anchor is kept for good; may be called again with the same one. */
  append(anchor: Anchor): Promise<void>;
  /** The note of the largest tree that was appended. */
  last?(tenant: string, auditClass: AuditClass): Promise<string | undefined>;
  /** `last` is quick and always answers, so it is asked before each signature; the others are asked in the background. */
  isLocal?: boolean;
  publishKeys?(keys: KeyRecord[], at: Date): Promise<void>;
};

export type AuditLogDeps = {
  db: Database;
  /** The installation's own tenant: what concerns all tenants is recorded there. */
  tenant: string;
  tenants(): Promise<string[]>;
  ctxFor(tenant: string): Ctx;
  keys: AuditKeys;
  sinks: AnchorSink[];
  metrics: Metrics;
  /** Where `diverged.jsonl` is kept: `<home>/anchors`. */
  folder: string;
  log: Logger;
  clock: Ctx["clock"];
};

/** What the last attempt at each sink came to; shown by `toban audit trees`. */
export type SinkState = { lastAt: Date | null; error: string | null };

/** `recorded`: rotations that are known to be in the record. */
export type AuditLog = AuditLogDeps & {
  guard: Guard;
  sinkStates: Map<string, SinkState>;
  recorded: Set<string>;
};
