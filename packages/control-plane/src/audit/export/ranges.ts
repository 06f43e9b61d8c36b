import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import { invalid, notFound } from "../../platform/errors.ts";
import type { AuditClass } from "../record/event.ts";
import * as store from "./store-export.ts";

export type ExportRequest = {
  /** All classes when it is missing. */
  class?: AuditClass;
  /** The events of a period: `from` included, `to` not. */
  from?: Date;
  to?: Date;
  /** Sequences of one class: `start` included, `end` not. */
  start?: number;
  end?: number;
  /** With personal values, and what proves them. */
  reveal?: boolean;
};

export type ExportRange = store.ExportHead & { start: number; end: number };

const PAGE = 20_000;

/** The contiguous ranges that hold everything that was asked for. @throws `audit_nothing_to_export` */
export async function rangesOf(
  db: Database,
  ctx: Pick<Ctx, "tenant">,
  request: ExportRequest,
): Promise<ExportRange[]> {
  const bySequence = request.start !== undefined || request.end !== undefined;
  const byPeriod = request.from !== undefined || request.to !== undefined;
  if (bySequence && (!request.class || byPeriod)) {
    throw invalid(
      "audit_range_invalid",
      "Sequences are those of one class, and are no period.",
      "Name the class with start and end, or give from and to instead.",
    );
  }
  const heads = (await db.tx(ctx, store.readHeads)).filter(
    (head) => request.class === undefined || head.class === request.class,
  );
  const ranges: ExportRange[] = [];
  for (const head of heads) {
    const range = byPeriod ? await ofPeriod(db, ctx, head, request) : ofSequences(head, request);
    if (range.start < range.end) ranges.push({ ...head, ...range });
  }
  if (ranges.length > 0) return ranges;
  throw notFound(
    "audit_nothing_to_export",
    "No sealed event is in what was asked for.",
    "Ask for another class or period; `toban audit search` shows what there is.",
  );
}

/** Everything of every class there is: only then an export may call itself complete. */
export const isEverything = (request: ExportRequest): boolean =>
  [request.class, request.from, request.to, request.start, request.end].every((part) => part === undefined);

function ofSequences(head: store.ExportHead, request: ExportRequest) {
  const { start = head.pruned, end = head.size } = request;
  if (start < head.pruned) {
    throw invalid(
      "audit_range_pruned",
      `Events of class ${head.class} before ${head.pruned} were pruned.`,
      `Begin at ${head.pruned}; earlier ones are in the archive, if the class has one.`,
    );
  }
  if (end > head.size || start > end) {
    throw invalid(
      "audit_range_invalid",
      `Class ${head.class} has events up to ${head.size - 1}, so ${start} to ${end} is no range of it.`,
      "Ask for a range within it.",
    );
  }
  return { start, end };
}

async function ofPeriod(
  db: Database,
  ctx: Pick<Ctx, "tenant">,
  head: store.ExportHead,
  { from, to }: ExportRequest,
): Promise<{ start: number; end: number }> {
  const period = {
    fromUs: from ? from.getTime() * 1000 : 0,
    toUs: to ? to.getTime() * 1000 : Number.MAX_SAFE_INTEGER,
    size: head.size,
  };
  let [start, end] = [Number.POSITIVE_INFINITY, 0];
  let after: { tsUs: number; id: string } | null = { tsUs: -1, id: "" };
  while (after !== null) {
    const cursor: { tsUs: number; id: string } = after;
    const page = await db.tx(ctx, (tx) => store.readPeriod(tx, head.class, period, cursor, PAGE));
    if (page.first !== null) start = Math.min(start, page.first);
    if (page.last !== null) end = Math.max(end, page.last + 1);
    after = page.next;
  }
  return { start, end };
}
