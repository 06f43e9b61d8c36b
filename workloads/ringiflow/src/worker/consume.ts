import {
  type Delivery,
  dueDeliveries,
  hasDeliveries,
  headPosition,
  listTenants,
  postponeDelivery,
  queueStats,
  readEvents,
  redeliver,
  removeDeliveries,
  removeDeliveriesUpTo,
  type StoredEvent,
} from "../events/store.ts";
import type { Database, Tx } from "../platform/database.ts";
import { type Projection, project } from "../readmodel/project.ts";
import {
  addDeadLetter,
  countDeadLetters,
  dropReadModels,
  forgetAppliedBefore,
  lockCheckpoint,
  moveCheckpoint,
  readApplied,
  readRows,
  takeDeadLetters,
  writeProjection,
} from "../readmodel/store.ts";

export type ConsumePolicy = {
  /** Deliveries a transaction. */
  batch: number;
  /** Tries before an event goes to the dead letters. */
  maxAttempts: number;
  /** Pause before the second try; doubles each time. */
  backoffMs: number;
  /** Positions for which the ids of applied events are kept. */
  remember: number;
};

export const DEFAULT_POLICY: ConsumePolicy = {
  batch: 200,
  maxAttempts: 5,
  backoffMs: 200,
  remember: 100_000,
};

export type Consumed = { applied: number; duplicates: number; retries: number; deadLettered: number };

const NOTHING: Consumed = { applied: 0, duplicates: 0, retries: 0, deadLettered: 0 };

/**
 * Applies one batch of a tenant's deliveries. Read models, checkpoint and queue change in one transaction:
 * a worker killed at any point has done all of the batch or nothing of it. `null` when another worker has
 * the tenant.
 */
export async function consumeBatch(
  db: Database,
  tenant: string,
  policy: ConsumePolicy = DEFAULT_POLICY,
): Promise<Consumed | null> {
  return db.tx(tenant, async (tx) => {
    if (!(await hasDeliveries(tx))) return NOTHING;
    const checkpoint = await lockCheckpoint(tx, { wait: false });
    if (checkpoint === null) return null;
    const deliveries = await dueDeliveries(tx, policy.batch);
    if (deliveries.length === 0) return NOTHING;
    const projection = await projectOnto(
      tx,
      deliveries.map(({ stored }) => stored),
    );
    await writeProjection(tx, projection);
    const settled = new Set([...projection.applied, ...projection.duplicates]);
    const { retries, deadLettered, given } = await setAside(tx, deliveries, projection, policy);
    const done = deliveries.filter((delivery) => settled.has(delivery.stored) || given.has(delivery));
    await removeDeliveries(
      tx,
      done.map(({ deliveryId }) => deliveryId),
    );
    const position = Math.max(checkpoint, ...done.map(({ stored }) => stored.position));
    await moveCheckpoint(tx, position);
    if (crossesHundred(checkpoint, position)) await forgetAppliedBefore(tx, position - policy.remember);
    return {
      applied: projection.applied.length,
      duplicates: projection.duplicates.length,
      retries,
      deadLettered,
    };
  });
}

async function projectOnto(tx: Tx, events: StoredEvent[]): Promise<Projection> {
  const rows = await readRows(tx, [...new Set(events.map(({ streamId }) => streamId))]);
  const applied = await readApplied(
    tx,
    events.map(({ eventId }) => eventId),
  );
  return project(rows, applied, events);
}

async function setAside(tx: Tx, deliveries: Delivery[], projection: Projection, policy: ConsumePolicy) {
  const given = new Set<Delivery>();
  let retries = 0;
  for (const { stored, error } of projection.failed) {
    const delivery = deliveries.find((candidate) => candidate.stored === stored)!;
    const attempts = delivery.attempts + 1;
    if (attempts >= policy.maxAttempts) {
      await addDeadLetter(tx, { stored, attempts, error });
      given.add(delivery);
    } else {
      const afterMs = policy.backoffMs * 2 ** delivery.attempts;
      await postponeDelivery(tx, { deliveryId: delivery.deliveryId, attempts, afterMs, error });
      retries++;
    }
  }
  return { retries, deadLettered: given.size, given };
}

const crossesHundred = (before: number, after: number) =>
  Math.floor(before / 100) !== Math.floor(after / 100);

/** Consumes what is due of every tenant, until nothing is; one tenant's trouble does not stop the others. */
export async function consumeAll(
  db: Database,
  options: {
    policy?: ConsumePolicy;
    onBatch?(tenant: string, consumed: Consumed): void;
    onError?(tenant: string, error: unknown): void;
    stopping?(): boolean;
  } = {},
): Promise<number> {
  const policy = options.policy ?? DEFAULT_POLICY;
  let total = 0;
  for (const tenant of await listTenants(db)) {
    try {
      while (!options.stopping?.()) {
        const consumed = await consumeBatch(db, tenant, policy);
        if (!consumed) break;
        const moved = consumed.applied + consumed.duplicates + consumed.deadLettered + consumed.retries;
        if (moved === 0) break;
        total += moved;
        options.onBatch?.(tenant, consumed);
      }
    } catch (error) {
      options.onError?.(tenant, error);
    }
  }
  return total;
}

/**
 * Drops a tenant's read models and replays its events into new ones, in one transaction: lists show the
 * old rows until it commits. Appends go on meanwhile and are consumed afterwards.
 */
export async function rebuild(db: Database, tenant: string): Promise<{ events: number; failed: number }> {
  return db.tx(tenant, async (tx) => {
    const checkpoint = await lockCheckpoint(tx, { wait: true });
    if (checkpoint === null) throw new Error(`tenant ${tenant} was never provisioned`);
    const upTo = await headPosition(tx);
    await dropReadModels(tx);
    let after = 0;
    let events = 0;
    let failed = 0;
    while (after < upTo) {
      const page = await readEvents(tx, { after, upTo, limit: 1_000 });
      if (page.length === 0) break;
      const projection = await projectOnto(tx, page);
      await writeProjection(tx, projection);
      for (const bad of projection.failed) await addDeadLetter(tx, { ...bad, attempts: 1 });
      const waiting = "an earlier event of this request is a dead letter";
      for (const stored of projection.heldBack)
        await addDeadLetter(tx, { stored, attempts: 0, error: waiting });
      events += projection.applied.length;
      failed += projection.failed.length + projection.heldBack.length;
      after = page.at(-1)!.position;
    }
    await removeDeliveriesUpTo(tx, upTo);
    await moveCheckpoint(tx, upTo);
    return { events, failed };
  });
}

/** Delivers a tenant's dead letters once more, after their cause was mended. Returns how many. */
export async function redrive(db: Database, tenant: string): Promise<number> {
  return db.tx(tenant, async (tx) => {
    await lockCheckpoint(tx, { wait: true });
    const eventIds = await takeDeadLetters(tx);
    if (eventIds.length > 0) await redeliver(tx, eventIds);
    return eventIds.length;
  });
}

export type TenantQueue = { tenant: string; backlog: number; lagSeconds: number; deadLetters: number };

/** What the gauges show. */
export async function measureQueues(db: Database): Promise<TenantQueue[]> {
  const queues: TenantQueue[] = [];
  for (const tenant of await listTenants(db)) {
    queues.push(
      await db.tx(tenant, async (tx) => ({
        tenant,
        ...(await queueStats(tx)),
        deadLetters: await countDeadLetters(tx),
      })),
    );
  }
  return queues;
}
