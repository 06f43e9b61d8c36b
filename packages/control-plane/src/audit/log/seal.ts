import {
  emptyFrontier,
  extendFrontier,
  type Frontier,
  frontierFromBytes,
  frontierRoot,
  frontierToBytes,
  leafHash,
  treeRoot,
} from "@toban/verify";
import type { Ctx } from "../../platform/ctx.ts";
import type { Tx } from "../../platform/database.ts";
import { invalid } from "../../platform/errors.ts";
import type { Task } from "../../platform/tasks.ts";
import type { AuditClass } from "../record/event.ts";
import { leafOf } from "../record/leaf.ts";
import { signHead } from "./checkpoints.ts";
import { createGuard } from "./guard.ts";
import { inLanes } from "./lanes.ts";
import {
  drain,
  insertLeaves,
  insertTiles,
  leafHashes,
  lockHeads,
  lockSealing,
  type NewLeaf,
  type NewTile,
  queuedTenants,
  readEvents,
  writeHeads,
} from "./store.ts";
import { type AuditLog, type AuditLogDeps, CLASSES, type Head, TILE } from "./types.ts";

const PERIOD_MS = 200;
/** Events of one transaction: enough for a backlog to go quickly, few enough to be done in a moment. */
const BATCH = 4_096;
/** Tenants that are sealed at once; leaves connections for everybody else. */
const LANES = 2;

export const openAuditLog = (deps: AuditLogDeps): AuditLog => ({
  ...deps,
  guard: createGuard(deps),
  sinkStates: new Map(deps.sinks.map((sink) => [sink.name, { lastAt: null, error: null }])),
  recorded: new Set(),
});

type Tree = { class: AuditClass; frontier: Frontier };
type Grown = { head: Omit<Head, "pruned">; tiles: NewTile[]; added: number };

/** A leaf that is not sealed into a tile yet was changed behind the head's back. */
class WrongTail extends Error {
  readonly auditClass: AuditClass;
  constructor(auditClass: AuditClass) {
    super(`the last ${auditClass} leaves do not give the frontier`);
    this.auditClass = auditClass;
  }
}

/**
 * Appends what the tenant has queued to its trees and signs their new heads, all in one transaction. Whatever ends
 * the process in between leaves the queue as it was. Nothing is waited for: another replica's tenant is skipped.
 */
export async function seal(log: AuditLog, ctx: Ctx, after = 0): Promise<{ sealed: number; upTo: number }> {
  const outside = await log.guard.before(ctx.tenant);
  try {
    const { grown, upTo } = await log.db.tx(ctx, async (tx) => {
      if (!(await lockSealing(tx, ctx.tenant))) return { grown: [], upTo: after };
      const heads = new Map((await lockHeads(tx)).map((head) => [head.class, head]));
      const trees: Tree[] = [];
      for (const auditClass of CLASSES) {
        const head = heads.get(auditClass);
        if (await log.guard.check(tx, ctx.tenant, auditClass, head, outside.get(auditClass)!)) {
          trees.push({
            class: auditClass,
            frontier: head ? frontierFromBytes(head.size, head.frontier) : emptyFrontier(),
          });
        }
      }
      return append(log, tx, ctx, trees, after);
    });
    for (const { head } of grown) log.guard.signed(ctx.tenant, head);
    return { sealed: grown.reduce((sum, { added }) => sum + added, 0), upTo };
  } catch (error) {
    if (!(error instanceof WrongTail)) throw error;
    log.guard.suspect(ctx.tenant, error.auditClass);
    return { sealed: 0, upTo: after };
  }
}

async function append(
  log: AuditLog,
  tx: Tx,
  ctx: Ctx,
  trees: Tree[],
  after: number,
): Promise<{ grown: Grown[]; upTo: number }> {
  if (trees.length === 0) return { grown: [], upTo: after };
  const sizes = trees.map((tree) => ({ class: tree.class, size: tree.frontier.size }));
  const { hashes, unwritten, upTo } = await drain(tx, sizes, BATCH, after);
  if (unwritten.length > 0) await writeLeaves(tx, ctx, trees, unwritten, hashes);
  const grown: Grown[] = [];
  for (const tree of trees) {
    const added = hashes.get(tree.class);
    if (added) grown.push(await grow(log, tx, ctx, tree, added));
  }
  if (grown.length === 0) return { grown, upTo };
  await insertTiles(
    tx,
    ctx.tenant,
    grown.flatMap(({ tiles }) => tiles),
  );
  await writeHeads(
    tx,
    ctx.tenant,
    grown.map(({ head }) => head),
  );
  return { grown, upTo };
}

/** Leaves of events that an older version recorded; they come after the others of this batch. */
async function writeLeaves(
  tx: Tx,
  ctx: Ctx,
  trees: Tree[],
  ids: string[],
  hashes: Map<AuditClass, Buffer[]>,
): Promise<void> {
  const sizes = new Map(trees.map((tree) => [tree.class, tree.frontier.size]));
  const leaves: NewLeaf[] = [];
  const events = await readEvents(tx, ids);
  if (events.length < ids.length) throw eventMissing(ctx.tenant, ids.length - events.length);
  for (const event of events) {
    const added = hashes.get(event.class) ?? [];
    const leaf = leafOf(event);
    leaves.push({ class: event.class, seq: sizes.get(event.class)! + added.length, eventId: event.id, leaf });
    added.push(leafHash(leaf));
    hashes.set(event.class, added);
  }
  await insertLeaves(tx, ctx.tenant, leaves);
}

const eventMissing = (tenant: string, count: number) =>
  invalid(
    "audit_event_missing",
    `${count} queued events of the tenant ${tenant} are gone from the database, so its log is not sealed.`,
    "Restore toban.audit_events from a backup; what is queued is sealed then.",
  );

/** The tree after these leaves, with its signed head and the tiles that have become full. */
async function grow(log: AuditLog, tx: Tx, ctx: Ctx, tree: Tree, added: Buffer[]): Promise<Grown> {
  const before = tree.frontier.size;
  const first = before - (before % TILE);
  const fills = before + added.length >= first + TILE;
  const tiles: NewTile[] = [];
  let open = fills ? await tailOf(tx, tree, first) : [];
  for (const hash of added) {
    extendFrontier(tree.frontier, hash);
    if (!fills) continue;
    open.push(hash);
    if (open.length < TILE) continue;
    const tile = tree.frontier.size / TILE - 1;
    tiles.push({ class: tree.class, tile, hashes: Buffer.concat(open), root: treeRoot(open) });
    open = [];
  }
  const root = frontierRoot(tree.frontier);
  const size = tree.frontier.size;
  const note = signHead(log.keys, ctx, { class: tree.class, size, root });
  const frontier = frontierToBytes(tree.frontier);
  return {
    head: { class: tree.class, size, root, frontier, note, sealedAt: ctx.clock.now() },
    tiles,
    added: added.length,
  };
}

/** Hashes of the leaves after the last full tile, which have to be those that the frontier was made of. */
async function tailOf(tx: Tx, tree: Tree, first: number): Promise<Buffer[]> {
  const hashes = await leafHashes(tx, tree.class, first, tree.frontier.size);
  const tail = emptyFrontier();
  for (const hash of hashes) extendFrontier(tail, hash);
  const same = tree.frontier.nodes.slice(tree.frontier.nodes.length - tail.nodes.length);
  const fits =
    tail.size === tree.frontier.size - first && tail.nodes.every((node, i) => node.equals(same[i]!));
  if (!fits) throw new WrongTail(tree.class);
  return hashes;
}

/** Seals what all tenants have queued; one of them that fails does not hold up the others. */
export async function sealAll(log: AuditLog): Promise<{ sealed: number }> {
  const tenants = await log.tenants();
  log.guard.retain(tenants);
  const queued =
    tenants.length > 0 ? await log.db.tx({ tenant: tenants[0]! }, (tx) => queuedTenants(tx, tenants)) : [];
  const now = log.clock.now().getTime();
  const ages = queued.map(({ oldestUs }) => (oldestUs === null ? 0 : now - oldestUs / 1000));
  log.metrics.gauge("toban.audit.lag", Math.max(0, ...ages));
  const failures: unknown[] = [];
  let total = 0;
  let waiting = queued.map(({ tenant }) => ({ tenant, after: 0 }));
  while (waiting.length > 0) {
    const more: typeof waiting = [];
    await inLanes(waiting, LANES, async ({ tenant, after }) => {
      try {
        const { sealed, upTo } = await seal(log, log.ctxFor(tenant), after);
        total += sealed;
        if (sealed >= BATCH) more.push({ tenant, after: upTo });
      } catch (error) {
        failures.push(error);
      }
    });
    waiting = more;
  }
  log.metrics.gauge("toban.audit.diverged", log.guard.refusals().length);
  if (failures.length > 0) throw failures[0];
  return { sealed: total };
}

export const sealTask = (log: AuditLog): Task => ({
  name: "audit.seal",
  periodMs: PERIOD_MS,
  run: async () => void (await sealAll(log)),
});
