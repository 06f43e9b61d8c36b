// What audit costs the business transaction, and what it would cost as a hash chain.
import { createHash } from "node:crypto";
import { type Ctx, createCtx } from "../../platform/ctx.ts";
import type { Tx } from "../../platform/database.ts";
import { createLogger } from "../../platform/log.ts";
import { record } from "../record/record.ts";
import type { BenchServer } from "./server.ts";

const TABLES = `
  CREATE TABLE toban.bench_orders (
    tenant_id text NOT NULL, id text NOT NULL, state text NOT NULL, amount bigint NOT NULL, note text NOT NULL,
    PRIMARY KEY (tenant_id, id));
  ALTER TABLE toban.bench_orders ENABLE ROW LEVEL SECURITY;
  ALTER TABLE toban.bench_orders FORCE ROW LEVEL SECURITY;
  CREATE POLICY tenant ON toban.bench_orders USING (tenant_id = (SELECT toban.current_tenant()));
  CREATE TABLE toban.bench_totals (tenant_id text NOT NULL, id text NOT NULL, total bigint NOT NULL, PRIMARY KEY (tenant_id, id));
  INSERT INTO toban.bench_totals SELECT 'bench', n::text, 0 FROM generate_series(0, 999) n;
  ALTER TABLE toban.bench_totals ENABLE ROW LEVEL SECURITY;
  ALTER TABLE toban.bench_totals FORCE ROW LEVEL SECURITY;
  CREATE POLICY tenant ON toban.bench_totals USING (tenant_id = (SELECT toban.current_tenant()));
  CREATE TABLE toban.bench_chain (
    tenant_id text NOT NULL, seq bigint NOT NULL, leaf bytea NOT NULL, hash bytea NOT NULL, PRIMARY KEY (tenant_id, seq));
  CREATE TABLE toban.bench_chain_head (tenant_id text PRIMARY KEY, seq bigint NOT NULL, hash bytea NOT NULL);
  INSERT INTO toban.bench_chain_head VALUES ('bench', 0, '\\x00');
  GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA toban TO toban_app`;

const SLICE_MS = 4_000;
const SLICES = 4;
const HELD_MS = 20;

type Work = (tx: Tx, ctx: Ctx, number: number) => Promise<void>;

export async function benchTransactions(server: BenchServer): Promise<Record<string, number>> {
  await server.superuser.query(TABLES);
  const plain: Work = (tx, _, number) => business(tx, number);
  const audited: Work = async (tx, ctx, number) => {
    await business(tx, number);
    await audit(tx, ctx, number);
  };
  const held: Work = async (tx, ctx, number) => {
    await audited(tx, ctx, number);
    await hold();
  };
  const chained: Work = async (tx, _, number) => {
    await business(tx, number);
    await chain(tx, number);
    await hold();
  };
  // Slices take turns, so that whatever else the machine does meets both alike.
  const [bare, withAudit] = await inTurns(server, 16, [plain, audited], SLICES);
  const [free, locked] = await inTurns(server, 32, [held, chained], 2);
  return {
    "transactions.plainPerSecond": bare!,
    "transactions.auditedPerSecond": withAudit!,
    auditedRatio: withAudit! / bare!,
    "held.auditedPerSecond": free!,
    "held.chainedPerSecond": locked!,
    chainRatio: free! / locked!,
  };
}

async function business(tx: Tx, number: number): Promise<void> {
  await tx.query(
    "INSERT INTO toban.bench_orders (tenant_id, id, state, amount, note) VALUES ('bench', $1, 'open', $2, $3)",
    [`order-${number}`, number % 977, "three boxes, to be there on Friday"],
  );
  await tx.query("UPDATE toban.bench_totals SET total = total + $2 WHERE tenant_id = 'bench' AND id = $1", [
    String(number % 1_000),
    number % 977,
  ]);
}

const audit = (tx: Tx, ctx: Ctx, number: number) =>
  record(tx, ctx, {
    action: "run.start",
    resource: `order/order-${number}`,
    result: "success",
    details: { kind: "order", target: `customer/${number % 1_000}` },
  });

/** The alternative that was not taken: the hash of the event before is part of the next one, so the head is locked. */
async function chain(tx: Tx, number: number): Promise<void> {
  const [head] = await tx.query<{ seq: number; hash: Buffer }>(
    "SELECT seq, hash FROM toban.bench_chain_head WHERE tenant_id = 'bench' FOR UPDATE",
  );
  const leaf = Buffer.from(JSON.stringify({ action: "order.create", resource: `order-${number}` }));
  const hash = createHash("sha256").update(head!.hash).update(leaf).digest();
  await tx.query("INSERT INTO toban.bench_chain VALUES ('bench', $1, $2, $3)", [head!.seq + 1, leaf, hash]);
  await tx.query("UPDATE toban.bench_chain_head SET seq = $1, hash = $2 WHERE tenant_id = 'bench'", [
    head!.seq + 1,
    hash,
  ]);
}

const hold = () => new Promise<void>((resolve) => setTimeout(resolve, HELD_MS));

let next = 0;

async function inTurns(
  server: BenchServer,
  clients: number,
  works: Work[],
  slices: number,
): Promise<number[]> {
  const done = works.map(() => 0);
  const took = works.map(() => 0);
  for (const work of works) await slice(server, clients, work, 500);
  for (let turn = 0; turn < slices; turn++) {
    for (const [index, work] of works.entries()) {
      const started = performance.now();
      done[index]! += await slice(server, clients, work, SLICE_MS);
      took[index]! += performance.now() - started;
    }
  }
  return done.map((count, index) => count / (took[index]! / 1000));
}

async function slice(server: BenchServer, clients: number, work: Work, forMs: number): Promise<number> {
  const log = createLogger("bench", "silent");
  const deadline = performance.now() + forMs;
  let done = 0;
  const client = async (person: number) => {
    while (performance.now() < deadline) {
      const number = next++;
      const ctx = createCtx({ tenant: "bench", actor: { kind: "person", id: `person-${person}` }, log });
      await server.db.tx(ctx, (tx) => work(tx, ctx, number));
      done++;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, person) => client(person)));
  return done;
}
