import {
  consistencyProof,
  emptyFrontier,
  extendFrontierBy,
  frontierFromBytes,
  frontierRoot,
  type HashSource,
  verifyConsistency,
} from "@toban/verify";
import type { Tx } from "../../platform/database.ts";
import { TobanError } from "../../platform/errors.ts";
import type { AuditClass } from "../record/event.ts";
import { readHead } from "./checkpoints.ts";
import { HASHES_MISSING, treeSource } from "./hash-source.ts";
import type { AuditKeys } from "./keys.ts";
import type { Head } from "./types.ts";

export type KnownHead = { size: number; root: Buffer; note: string };

export type Fault = { reason: string; anchored: string | null };

type Question = {
  tenant: string;
  auditClass: AuditClass;
  head: Head | undefined;
  /** The head is the one that this process had checked before. */
  isKnown: boolean;
  own: KnownHead | undefined;
  /** By sink: the note it has. */
  notes: [string, string][];
};

/** Why this head must not be signed: it is not what it says, or not an extension of what was signed before. */
export async function inconsistency(tx: Tx, keys: AuditKeys, question: Question): Promise<Fault | undefined> {
  const { tenant, auditClass, head, own } = question;
  const earlier: (KnownHead & { from: string })[] = [];
  for (const [sink, note] of question.notes) {
    try {
      const { size, root } = readHead(keys, tenant, auditClass, note);
      earlier.push({ size, root, note, from: `the sink ${sink}` });
    } catch (error) {
      return { reason: `the newest note of the sink ${sink} is not ours: ${text(error)}`, anchored: note };
    }
  }
  if (own) earlier.push({ ...own, from: "this process" });
  const ahead = earlier.find((known) => known.size > (head?.size ?? 0));
  if (ahead) {
    return {
      reason: `the tree has ${head?.size ?? 0} leaves, but ${ahead.from} knows ${ahead.size}`,
      anchored: ahead.note,
    };
  }
  if (!head) return undefined;
  const source = treeSource(tx, auditClass, head.size);
  try {
    const wrong = question.isKnown ? undefined : await wrongHead(keys, tenant, head, source, own);
    if (wrong) return { reason: wrong, anchored: newest(earlier) };
    for (const known of earlier) {
      if (!(await isExtension(source, known, head))) {
        return {
          reason: `the tree of ${head.size} leaves does not extend the ${known.size} that ${known.from} knows`,
          anchored: known.note,
        };
      }
    }
  } catch (error) {
    if (!(error instanceof TobanError) || error.code !== HASHES_MISSING) throw error;
    return { reason: error.reason, anchored: newest(earlier) };
  }
  return undefined;
}

const newest = (known: KnownHead[]): string | null =>
  known.reduce<KnownHead | null>((best, one) => (best && best.size >= one.size ? best : one), null)?.note ??
  null;

async function isExtension(source: HashSource, known: KnownHead, head: Head): Promise<boolean> {
  if (known.size === 0) return true;
  if (known.size === head.size) return known.root.equals(head.root);
  const proof = await consistencyProof(source, known.size, head.size);
  return verifyConsistency({
    first: known.size,
    second: head.size,
    firstRoot: known.root,
    secondRoot: head.root,
    proof,
  });
}

/**
 * A head that another process wrote: its frontier gives its root, and one of our keys has signed both. The first time,
 * or when something looked wrong, tiles and last leaves have to give the frontier too.
 */
async function wrongHead(
  keys: AuditKeys,
  tenant: string,
  head: Head,
  source: HashSource,
  own: KnownHead | undefined,
): Promise<string | undefined> {
  try {
    const frontier = frontierFromBytes(head.size, head.frontier);
    if (!frontierRoot(frontier).equals(head.root)) return "the frontier does not give the root";
  } catch (error) {
    return `the frontier is not one: ${text(error)}`;
  }
  try {
    const signed = readHead(keys, tenant, head.class, head.note);
    if (signed.size !== head.size || !signed.root.equals(head.root)) {
      return `the note of the head is about ${signed.size} leaves or another root`;
    }
  } catch (error) {
    return `the note of the head is not ours: ${text(error)}`;
  }
  const isExtended = own !== undefined && own.size < head.size;
  return isExtended || (await isRebuilt(source, head)) ? undefined : "tiles and leaves do not give the root";
}

async function isRebuilt(source: HashSource, head: Head): Promise<boolean> {
  const frontier = emptyFrontier();
  for (const width of widthsOf(head.size)) {
    extendFrontierBy(frontier, await source(frontier.size, frontier.size + width), width);
  }
  return frontierRoot(frontier).equals(head.root);
}

/** Widths of the perfect subtrees that a tree of this size consists of, largest first. */
function widthsOf(size: number): number[] {
  const widths: number[] = [];
  let rest = size;
  for (let width = 2 ** Math.floor(Math.log2(Math.max(size, 1))); rest > 0; width /= 2) {
    if (rest >= width) {
      widths.push(width);
      rest -= width;
    }
  }
  return widths;
}

const text = (error: unknown) => (error instanceof Error ? error.message : String(error));
