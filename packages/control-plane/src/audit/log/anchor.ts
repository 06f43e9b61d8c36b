import type { Ctx } from "../../platform/ctx.ts";
import { refusalOf } from "../../platform/errors.ts";
import type { Task } from "../../platform/tasks.ts";
import { inLanes } from "./lanes.ts";
import { recordRotations } from "./rotate.ts";
import { readHeads } from "./store.ts";
import { type AnchorState, anchorStates, insertAnchors, unanchoredTenants } from "./store-anchors.ts";
import { type AnchorSink, type AuditLog, CLASSES, type Head } from "./types.ts";

const PERIOD_MS = 5_000;
/** A sink that is slow gives way after this long; its turn goes on in the next pass where it stopped. */
const BUDGET_MS = 5_000;
/** Tenants at once that need a connection to the database; and those that a sink is fed. */
const LANES = 2;
const SINK_LANES = 4;
/** Every so many passes all trees are compared with all sinks, also those in which nothing happens. */
const WHOLE_PASSES = 60;

type Due = { ctx: Ctx; heads: Head[]; states: AnchorState[] };
type Kept = { tenant: string; sink: string; head: Head };

/** One pass: every head that a sink has not acknowledged goes to that sink. */
export async function anchorAll(
  log: AuditLog,
  options: { whole?: boolean } = {},
): Promise<{ anchored: number }> {
  const tenants = await log.tenants();
  const names = log.sinks.map((sink) => sink.name);
  const waiting =
    tenants.length > 0
      ? await log.db.tx({ tenant: tenants[0]! }, (tx) => unanchoredTenants(tx, tenants, names))
      : [];
  const due: Due[] = [];
  await inLanes(options.whole ? tenants : waiting, LANES, async (tenant) => {
    due.push(await look(log, log.ctxFor(tenant), options.whole === true));
  });
  due.sort((a, b) => (a.ctx.tenant < b.ctx.tenant ? -1 : 1));
  const kept = (await Promise.all(log.sinks.map((sink) => feed(log, sink, due)))).flat();
  await acknowledge(log, due, kept);
  await report(log, waiting);
  return { anchored: kept.length };
}

/** A kill before this only means that the sinks get the same notes again. */
async function acknowledge(log: AuditLog, due: Due[], kept: Kept[]): Promise<void> {
  const byTenant = new Map<string, Kept[]>();
  for (const one of kept) byTenant.set(one.tenant, [...(byTenant.get(one.tenant) ?? []), one]);
  await inLanes([...byTenant], LANES, async ([tenant, own]) => {
    const { ctx } = due.find((one) => one.ctx.tenant === tenant)!;
    await log.db.tx(ctx, (tx) => insertAnchors(tx, ctx, own));
    for (const { sink, head } of own) log.guard.anchored(tenant, head.class, sink, head.note);
  });
}

/** The heads of a tenant that may be anchored. What sinks know is asked first: a head can only be newer than that. */
async function look(log: AuditLog, ctx: Ctx, whole: boolean): Promise<Due> {
  if (whole) for (const auditClass of CLASSES) await log.guard.refresh(ctx.tenant, auditClass);
  const outside = await log.guard.before(ctx.tenant);
  return log.db.tx(ctx, async (tx) => {
    const heads = new Map((await readHeads(tx)).map((head) => [head.class, head]));
    const fit: Head[] = [];
    for (const auditClass of CLASSES) {
      const head = heads.get(auditClass);
      const isFit = await log.guard.check(tx, ctx.tenant, auditClass, head, outside.get(auditClass)!);
      if (isFit && head) fit.push(head);
    }
    return {
      ctx,
      heads: fit,
      states: await anchorStates(
        tx,
        log.sinks.map((sink) => sink.name),
      ),
    };
  });
}

/** Where each sink stopped last; so a slow one reaches every tenant in the end. */
const cursors = new WeakMap<AnchorSink, string>();

async function feed(log: AuditLog, sink: AnchorSink, due: Due[]): Promise<Kept[]> {
  const started = log.clock.now().getTime();
  const cursor = cursors.get(sink) ?? "";
  const order = [
    ...due.filter((one) => one.ctx.tenant > cursor),
    ...due.filter((one) => one.ctx.tenant <= cursor),
  ];
  const kept: Kept[] = [];
  let error: string | undefined;
  await inLanes(order, SINK_LANES, async ({ ctx, heads, states }) => {
    for (const head of heads.filter((one) => sizeIn(states, sink, one) !== one.size)) {
      const isOver = log.clock.now().getTime() - started > BUDGET_MS;
      // A sink that is far away and fails once would fail for all.
      if (isOver || (error !== undefined && !sink.isLocal)) return;
      try {
        await sink.append({ tenant: ctx.tenant, class: head.class, note: head.note, at: ctx.clock.now() });
        kept.push({ tenant: ctx.tenant, sink: sink.name, head });
      } catch (cause) {
        const refusal = refusalOf(cause);
        error = `${refusal.code}: ${refusal.reason}`;
        log.log.warn({ sink: sink.name, tenant: ctx.tenant, class: head.class, ...refusal }, "not anchored");
      }
    }
    cursors.set(sink, ctx.tenant);
  });
  const before = log.sinkStates.get(sink.name)?.lastAt ?? null;
  if (error !== undefined) log.sinkStates.set(sink.name, { lastAt: before, error });
  else if (kept.length > 0) log.sinkStates.set(sink.name, { lastAt: log.clock.now(), error: null });
  return kept;
}

const sizeIn = (states: AnchorState[], sink: AnchorSink, head: Head) =>
  states.find((state) => state.class === head.class)?.sinks.find((one) => one.sink === sink.name)?.size;

/** From the database, so that it is right after a restart too. */
async function report(log: AuditLog, tenants: string[]): Promise<void> {
  const names = log.sinks.map((sink) => sink.name);
  const now = log.clock.now().getTime();
  let age = 0;
  await inLanes(tenants, LANES, async (tenant) => {
    for (const { oldestUs } of await log.db.tx({ tenant }, (tx) => anchorStates(tx, names))) {
      if (oldestUs !== null) age = Math.max(age, now - oldestUs / 1000);
    }
  });
  log.metrics.gauge("toban.audit.unanchored", age);
  log.metrics.gauge("toban.audit.diverged", log.guard.refusals().length);
}

/** Public keys go where the checkpoints go; a sink that has them changes nothing. */
async function publishKeys(log: AuditLog): Promise<void> {
  for (const sink of log.sinks) {
    await sink.publishKeys?.(log.keys.records(), log.clock.now()).catch((error) => {
      log.log.warn({ sink: sink.name, ...refusalOf(error) }, "public keys are not published yet");
    });
  }
}

export function anchorTask(log: AuditLog): Task {
  let pass = 0;
  return {
    name: "audit.anchor",
    periodMs: PERIOD_MS,
    async run() {
      const whole = pass++ % WHOLE_PASSES === 0;
      await recordRotations(log);
      await publishKeys(log);
      await anchorAll(log, { whole });
    },
  };
}
