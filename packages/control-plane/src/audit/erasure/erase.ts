import type { Ctx } from "../../platform/ctx.ts";
import type { Database, Tx } from "../../platform/database.ts";
import { invalid } from "../../platform/errors.ts";
import { actorPseudonym, forgetPseudonyms } from "../record/pseudonyms.ts";
import { record } from "../record/record.ts";
import type { Ledger, LedgerEntry } from "./ledger.ts";
import {
  completeErasure,
  deletePersonal,
  type ErasureRow,
  hasOpenHold,
  insertErasure,
  isKnown,
  isPerson,
  lockErasure,
  selectErasures,
} from "./store-erasure.ts";

export type ErasureDeps = {
  db: Database;
  ledger: Ledger;
  /** Of every tenant that has records, also of suspended ones. */
  tenants(): Promise<string[]>;
  ctxFor(tenant: string): Ctx;
  /** Removes what is kept of a person outside the audit record. */
  erasePerson(tx: Tx, id: string): Promise<boolean>;
};

/**
 * Erases what the audit record knows of a person: the values behind the commitments, and the person's own row. What is
 * sealed stays as it is. Asked again while nothing has come back, it gives the answer of before.
 *
 * While a legal hold is open, the request is recorded and waits: what may be needed for legal claims is kept
 * (GDPR art. 17 (3) (e)), and a hold that erasures could empty would be none. It is completed when the last is released.
 */
export async function requestErasure(
  deps: ErasureDeps,
  ctx: Ctx,
  request: { subject: string },
): Promise<ErasureRow> {
  const subject = subjectOf(request.subject);
  const { db, ledger } = deps;
  const subjectDigest = ledger.digestOf(ctx.tenant, subject);
  const row = await db.tx(ctx, async (tx) => {
    const earlier = (await selectErasures(tx)).find((one) => one.subjectDigest === subjectDigest);
    if (earlier && (earlier.completedAt === null || !(await isKnown(tx, subject, ctx.clock.now())))) {
      return earlier;
    }
    const fresh: ErasureRow = {
      ...{ id: ctx.newId(), subjectDigest, requestedBy: await actorPseudonym(tx, ctx) },
      ...{ requestedAt: ctx.clock.now(), completedAt: null, removed: null },
    };
    await insertErasure(tx, ctx, fresh);
    await record(tx, ctx, {
      action: "erasure.request",
      resource: `erasure/${fresh.id}`,
      result: "success",
      details: { requestedAt: fresh.requestedAt.toISOString() },
    });
    // Outside the database before it is in it: a restored backup may not know that anybody asked.
    await ledger.append(entryOf(ctx.tenant, fresh));
    return fresh;
  });
  if (row.completedAt !== null) return row;
  return complete(deps, ctx, entryOf(ctx.tenant, row), [subject]);
}

/** Removes everything that is known of the subjects until now, unless a hold is open or somebody else has done it. */
export async function complete(
  deps: ErasureDeps,
  ctx: Ctx,
  entry: LedgerEntry,
  subjects: string[],
): Promise<ErasureRow> {
  const { sourceIp, ...rest } = ctx;
  // Who asked stands in the details, as a pseudonym: as the actor, one who erases themselves would be named anew.
  const eraser: Ctx = { ...rest, actor: { kind: "task", id: "erasure" } };
  const row = await deps.db.tx(eraser, async (tx) => {
    const isHeld = await hasOpenHold(tx);
    // One that only the ledger knows gets its row with what completes it.
    if (!isHeld) await insertErasure(tx, eraser, rowOf(entry));
    const locked = (await lockErasure(tx, entry.id)) ?? rowOf(entry);
    if (isHeld || locked.completedAt !== null) return locked;
    let removed = 0;
    for (const subject of subjects) removed += await erase(deps, tx, eraser, subject, eraser.clock.now());
    const completedAt = eraser.clock.now();
    await completeErasure(tx, entry.id, completedAt, removed);
    await record(tx, eraser, {
      action: "erasure.complete",
      resource: `erasure/${entry.id}`,
      result: "success",
      details: {
        ...{ requestedBy: entry.requestedBy, requestedAt: entry.requestedAt },
        ...{ completedAt: completedAt.toISOString(), removed },
      },
    });
    return { ...locked, completedAt, removed };
  });
  if (row.completedAt !== null) await deps.ledger.append(entryOf(ctx.tenant, row));
  return row;
}

/** What was written of the subject until then. */
export async function erase(
  deps: ErasureDeps,
  tx: Tx,
  ctx: Ctx,
  subject: string,
  until: Date,
): Promise<number> {
  const removed = await deletePersonal(tx, subject, until);
  forgetPseudonyms(ctx.tenant, [subject]);
  const isErased = (await isPerson(tx, subject, until)) && (await deps.erasePerson(tx, subject));
  return removed + (isErased ? 1 : 0);
}

export const entryOf = (tenant: string, row: ErasureRow): LedgerEntry => ({
  ...{ id: row.id, tenant, subjectDigest: row.subjectDigest, requestedBy: row.requestedBy },
  requestedAt: row.requestedAt.toISOString(),
  completedAt: row.completedAt?.toISOString() ?? null,
});

const rowOf = (entry: LedgerEntry): ErasureRow => ({
  ...{ id: entry.id, subjectDigest: entry.subjectDigest, requestedBy: entry.requestedBy },
  ...{ requestedAt: new Date(entry.requestedAt), completedAt: null, removed: null },
});

function subjectOf(text: string): string {
  const subject = text.startsWith("person:") ? text.slice("person:".length) : text;
  if (subject !== "" && subject.length <= 200 && !/[\0\p{Surrogate}]/u.test(subject)) return subject;
  throw invalid(
    "erasure_subject_invalid",
    "The subject of an erasure is the name somebody signs in with.",
    "Pass for example `alice`, as `toban audit search` shows it after `person:`.",
  );
}
