import { createHash } from "node:crypto";
import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import { record } from "../record/record.ts";
import { type BundleKeys, writeBundle } from "./bundle.ts";
import { type ExportRange, type ExportRequest, isEverything, rangesOf } from "./ranges.ts";
import { anyQueued, readQueued } from "./store-export.ts";

export type ExportDeps = {
  db: Database;
  keys: BundleKeys;
  /** How long to wait for what was committed before to be sealed. Default 2,000. */
  sealingMs?: number;
};

const SEALING_MS = 2_000;
const LOOK_EVERY_MS = 50;
const MOST_AWAITED = 5_000;

/** Audited before its first byte. Only sealed events are in it: what was committed before is waited for, a moment. */
export async function exportBundle(
  deps: ExportDeps,
  ctx: Ctx,
  request: ExportRequest,
): Promise<{ ranges: ExportRange[]; chunks: AsyncGenerator<Buffer> }> {
  await awaitSealing(deps.db, ctx, deps.sealingMs ?? SEALING_MS);
  const ranges = await rangesOf(deps.db, ctx, request);
  const reveal = request.reveal === true;
  await audit(deps.db, ctx, ranges, reveal, "started");
  const complete = isEverything(request);
  return { ranges, chunks: followed(deps, ctx, ranges, { complete, reveal }) };
}

async function* followed(
  deps: ExportDeps,
  ctx: Ctx,
  ranges: ExportRange[],
  options: { complete: boolean; reveal: boolean },
): AsyncGenerator<Buffer> {
  const digest = createHash("sha256");
  let bytes = 0;
  for await (const chunk of writeBundle(deps, ctx, ranges, options)) {
    digest.update(chunk);
    bytes += chunk.length;
    yield chunk;
  }
  // It is complete already; that its size is not in the record as well must not take it back.
  await audit(deps.db, ctx, ranges, options.reveal, "ended", { bytes, sha256: digest.digest("hex") }).catch(
    (error) => ctx.log.error({ error }, "the end of an audit export was not recorded"),
  );
}

async function audit(
  db: Database,
  ctx: Ctx,
  ranges: ExportRange[],
  revealed: boolean,
  state: "started" | "ended",
  sizes: { bytes?: number; sha256?: string } = {},
): Promise<void> {
  await db.tx(ctx, async (tx) => {
    for (const { class: class_, start, end, size } of ranges) {
      const details = { class: class_, size, from: start, to: end, events: end - start, revealed, state };
      await record(tx, ctx, {
        action: "audit.export",
        resource: `audit/${class_}`,
        result: "success",
        details: { ...details, ...sizes },
      });
    }
    if (!revealed || state !== "started") return;
    const events = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
    await record(tx, ctx, {
      action: "audit.reveal",
      resource: "audit",
      result: "success",
      details: { events },
    });
  });
}

async function awaitSealing(db: Database, ctx: Ctx, patienceMs: number): Promise<void> {
  const queued = await db.tx(ctx, (tx) => readQueued(tx, MOST_AWAITED));
  if (queued.length === 0) return;
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline && (await db.tx(ctx, (tx) => anyQueued(tx, queued)))) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
