import { frontierFromBytes, frontierRoot, openNote, parseCheckpoint } from "@toban/verify";
import type { Ctx } from "../../platform/ctx.ts";
import type { Tx } from "../../platform/database.ts";
import type { AuditClass } from "../record/event.ts";
import * as store from "./store.ts";
import { AUDIT_CLASSES, type AuditFailure, failure, type KnownHead, type TreeRow } from "./types.ts";

/** What the verification needs of the signing keys. */
export type VerifierKeys = { installation: string; verifiers(): string[] };
/** What it needs of a place outside the database that keeps checkpoints. */
export type KeptHeads = {
  name: string;
  last?(tenant: string, class_: AuditClass): Promise<string | undefined>;
};

export type HeadDeps = { keys: VerifierKeys; sinks: KeptHeads[] };

/** The head's own note: signed by a key of this installation, and about exactly this tree. */
export function checkNote(deps: HeadDeps, tenant: string, tree: TreeRow): AuditFailure[] {
  const fail = (code: string, reason: string) => [
    failure(code, { class: tree.class, seq: tree.size }, reason),
  ];
  let text: string;
  try {
    ({ text } = openNote(tree.note, deps.keys.verifiers()));
  } catch (error) {
    return fail(
      "audit_signature_invalid",
      `The head's signature does not hold: ${(error as Error).message}.`,
    );
  }
  const { origin, size, root } = parseCheckpoint(text);
  const expected = `${deps.keys.installation}/${tenant}/${tree.class}`;
  if (origin !== expected) {
    return fail("audit_head_changed", `The head's checkpoint is of ${origin}, not of ${expected}.`);
  }
  if (size !== tree.size || !root.equals(tree.root)) {
    return fail("audit_head_changed", `The head has ${tree.size} leaves; its signed checkpoint has ${size}.`);
  }
  return [];
}

/** Heads kept outside the database; a note that no known key signed is a failure of its own. */
export async function keptHeads(
  deps: HeadDeps,
  tenant: string,
  class_: AuditClass,
): Promise<{ heads: KnownHead[]; failures: AuditFailure[] }> {
  const heads: KnownHead[] = [];
  const failures: AuditFailure[] = [];
  for (const sink of deps.sinks) {
    const note = await sink.last?.(tenant, class_);
    if (note === undefined) continue;
    try {
      const { size, root } = parseCheckpoint(openNote(note, deps.keys.verifiers()).text);
      heads.push({ size, root, from: `the checkpoint kept by ${sink.name}` });
    } catch (error) {
      failures.push(
        failure(
          "audit_anchor_invalid",
          { class: class_, seq: null },
          `The last checkpoint kept by ${sink.name} is not signed by this installation: ${(error as Error).message}.`,
        ),
      );
    }
  }
  return { heads, failures };
}

export function verifiedHead(row: store.VerificationRow | undefined): KnownHead[] {
  if (!row || row.size === 0) return [];
  try {
    const root = frontierRoot(frontierFromBytes(row.size, row.frontier));
    return [{ size: row.size, root, from: "the last verification" }];
  } catch {
    // It is only a note of where to go on; the anchors are what the tree is compared with.
    return [];
  }
}

/** A missing head, and leaves and tiles that no head covers. */
export async function checkCover(tx: Tx): Promise<AuditFailure[]> {
  const failures: AuditFailure[] = [];
  for (const class_ of await store.classesWithoutTree(tx)) {
    failures.push(
      failure("audit_tree_missing", { class: class_, seq: 0 }, `The tree of class ${class_} has no head.`),
    );
  }
  for (const class_ of AUDIT_CLASSES) {
    const { seq, tile } = await store.beyondHead(tx, class_);
    if (seq !== null) {
      failures.push(
        failure("audit_leaf_extra", { class: class_, seq }, `Leaf ${seq} is beyond the head of its tree.`),
      );
    } else if (tile !== null) {
      failures.push(
        failure(
          "audit_tile_extra",
          { class: class_, seq: tile * 256 },
          `Tile ${tile} is beyond the head of its tree.`,
        ),
      );
    }
  }
  return failures;
}

export function asLost(ctx: Pick<Ctx, "tenant">, rows: { id: string; class: AuditClass }[]): AuditFailure[] {
  return rows.map((row) =>
    failure(
      "audit_event_unsealed",
      { class: row.class, seq: null },
      `Event ${row.id} of tenant ${ctx.tenant} is neither sealed nor waiting to be: it was taken from the queue, or put in past it.`,
    ),
  );
}
