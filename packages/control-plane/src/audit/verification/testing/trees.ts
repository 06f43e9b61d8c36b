import {
  canonicalJson,
  createSigningKey,
  emptyFrontier,
  extendFrontier,
  type Frontier,
  formatCheckpoint,
  frontierRoot,
  frontierToBytes,
  leafHash,
  signNote,
} from "@toban/verify";
import type pg from "pg";
import type { AuditClass } from "../../record/event.ts";
import { rootOf } from "../chunk.ts";

const TILE = 256;
const seed = Buffer.alloc(32, 7);
export const INSTALLATION = "toban-00000000";
const signingKey = createSigningKey(INSTALLATION, seed);

/** The keys of an installation whose secret every test knows. */
export const testKeys = {
  installation: INSTALLATION,
  signing: () => signingKey,
  signers: () => [signingKey],
  verifiers: () => [signingKey.verifier],
  certificates: () => [] as string[],
};

export type Planted = { size: number; frontier: Frontier; note: string; root: Buffer };

export const START_US = 1_790_000_000_000_000;

export type EventShape = { resource?: string; details?: Record<string, unknown>; sourceIp?: string | null };

export function eventOf(tenant: string, class_: AuditClass, index: number, shape: EventShape = {}) {
  return {
    action: ["rollout.start", "release.promote", "incident.open", "audit.search"][index % 4]!,
    actorId: `person:~${String(index % 50).padStart(43, "A")}`,
    class: class_,
    correlationId: `corr-${String(Math.floor(index / 3)).padStart(12, "0")}`,
    details: shape.details ?? detailsOf(index),
    id: `${class_}-${String(index).padStart(9, "0")}`,
    resource: shape.resource ?? `service/${["bff", "core", "worker"][index % 3]}`,
    result: index % 11 === 0 ? "failure" : "success",
    sourceIp: shape.sourceIp ?? null,
    tenantId: tenant,
    ts: START_US + index * 1_000,
  };
}

/** One in eight has Japanese text, as reasons that people write do. */
const detailsOf = (index: number) => ({
  version: `1.${index % 10}.0`,
  reason: index % 8 === 0 ? "定期リリースのため" : "planned release",
  attempts: index % 5,
});

/**
 * Writes `count` further events of a class with their leaves, tiles and signed head, as the owner of the database does
 * it: quickly, and without the queue. `client` has to be a superuser.
 */
export async function plantTree(
  client: pg.Client,
  input: { tenant: string; class: AuditClass; count: number; from?: Planted; shape?: EventShape },
): Promise<Planted> {
  const { tenant, class: class_, count } = input;
  const frontier = input.from?.frontier ?? emptyFrontier();
  const first = frontier.size;
  let tileHashes: Buffer[] = [];
  if (first % TILE !== 0) tileHashes = await lastHashes(client, tenant, class_, first);
  for (let at = first; at < first + count; at += 5_000) {
    const end = Math.min(at + 5_000, first + count);
    const events = Array.from({ length: end - at }, (_, i) => eventOf(tenant, class_, at + i, input.shape));
    const leaves = events.map((event) =>
      Buffer.from(canonicalJson({ ...event, ts: timeOf(event.ts), v: 1 })),
    );
    await client.query(
      `INSERT INTO toban.audit_events (tenant_id, id, class, ts_us, actor_id, action, resource, result,
                                       correlation_id, source_ip, details)
       SELECT $1, n.* FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
                                  $9::text[], $10::text[], $11::jsonb[]) AS n`,
      [
        tenant,
        events.map((e) => e.id),
        events.map((e) => e.class),
        events.map((e) => e.ts),
        events.map((e) => e.actorId),
        events.map((e) => e.action),
        events.map((e) => e.resource),
        events.map((e) => e.result),
        events.map((e) => e.correlationId),
        events.map((e) => e.sourceIp),
        events.map((e) => JSON.stringify(e.details)),
      ],
    );
    await client.query(
      `INSERT INTO toban.audit_leaves (tenant_id, class, seq, event_id, leaf)
       SELECT $1, $2, n.* FROM unnest($3::bigint[], $4::text[], $5::bytea[]) AS n`,
      [tenant, class_, events.map((_, i) => at + i), events.map((e) => e.id), leaves],
    );
    for (const [index, leaf] of leaves.entries()) {
      const hash = leafHash(leaf);
      extendFrontier(frontier, hash);
      tileHashes.push(hash);
      if (tileHashes.length < TILE) continue;
      const hashes = Buffer.concat(tileHashes);
      await client.query(
        "INSERT INTO toban.audit_tiles (tenant_id, class, tile, hashes, root) VALUES ($1, $2, $3, $4, $5)",
        [tenant, class_, Math.floor((at + index) / TILE), hashes, rootOf(hashes)],
      );
      tileHashes = [];
    }
  }
  return writeHead(client, tenant, class_, frontier);
}

export async function writeHead(
  client: pg.Client,
  tenant: string,
  class_: AuditClass,
  frontier: Frontier,
): Promise<Planted> {
  const root = frontierRoot(frontier);
  const note = noteOf(tenant, class_, frontier.size, root);
  await client.query(
    `INSERT INTO toban.audit_trees (tenant_id, class, size, root, frontier, note, sealed_at)
     VALUES ($1, $2, $3, $4, $5, $6, now())
     ON CONFLICT (tenant_id, class) DO UPDATE SET size = excluded.size, root = excluded.root,
       frontier = excluded.frontier, note = excluded.note, sealed_at = excluded.sealed_at`,
    [tenant, class_, frontier.size, root, frontierToBytes(frontier), note],
  );
  return { size: frontier.size, frontier, note, root };
}

export function noteOf(tenant: string, class_: AuditClass, size: number, root: Buffer): string {
  const origin = `${INSTALLATION}/${tenant}/${class_}`;
  const extensions = ["time 2026-11-20T00:00:00.000000Z"];
  return signNote(formatCheckpoint({ origin, size, root, extensions }), [signingKey]);
}

export const anchorTree = (
  client: pg.Client,
  tenant: string,
  class_: AuditClass,
  planted: Planted,
  at: Date,
  sink = "first",
) =>
  client.query(
    `INSERT INTO toban.audit_anchors (tenant_id, class, size, sink, root, note, anchored_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [tenant, class_, planted.size, sink, planted.root, planted.note, at],
  );

async function lastHashes(client: pg.Client, tenant: string, class_: AuditClass, size: number) {
  const { rows } = await client.query<{ leaf: Buffer }>(
    "SELECT leaf FROM toban.audit_leaves WHERE tenant_id = $1 AND class = $2 AND seq >= $3 ORDER BY seq",
    [tenant, class_, Math.floor(size / TILE) * TILE],
  );
  return rows.map((row) => leafHash(row.leaf));
}

const timeOf = (micros: number) =>
  `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, 23)}${String(micros % 1000).padStart(3, "0")}Z`;
