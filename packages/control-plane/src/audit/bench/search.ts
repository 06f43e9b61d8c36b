import { createCtx } from "../../platform/ctx.ts";
import { createLogger } from "../../platform/log.ts";
import { type AuditFilter, searchPage } from "../record/search.ts";
import { START_US } from "../verification/testing/trees.ts";
import type { BenchServer } from "./server.ts";

const EVENTS = 1_000_000;
const TIMES = 60;
const TENANT = "search";

/** The slowest kind of filter decides. Every question is asked with other values, so that no page is just read again. */
export async function benchSearch(server: BenchServer): Promise<Record<string, number>> {
  await plant(server);
  const ctx = createCtx({
    tenant: TENANT,
    actor: { kind: "task", id: "bench" },
    log: createLogger("bench", "silent"),
  });
  const figures: Record<string, number> = {};
  for (const [kind, filterOf] of Object.entries(FILTERS)) {
    const took: number[] = [];
    for (let n = 0; n < TIMES; n++) {
      const started = performance.now();
      const { events } = await server.db.tx(ctx, (tx) => searchPage(tx, filterOf(n)));
      took.push(performance.now() - started);
      if (events.length === 0) throw new Error(`the search by ${kind} found nothing`);
    }
    took.sort((a, b) => a - b);
    figures[`search.${kind}.p95Ms`] = took[Math.ceil(TIMES * 0.95) - 1]!;
  }
  return { ...figures, searchP95Ms: Math.max(...Object.values(figures)) };
}

const at = (index: number) => new Date(START_US / 1000 + index);
const some = (n: number, of: number) => (n * 7_919) % of;

const FILTERS: Record<string, (n: number) => AuditFilter> = {
  none: (n) => ({ to: at(EVENTS - some(n, EVENTS - 1_000)) }),
  class: (n) => ({ class: (["auth", "operation", "admin", "access"] as const)[n % 4]! }),
  actor: (n) => ({ actor: `person:person-${some(n, 1_000)}` }),
  action: (n) => ({ action: ACTIONS[n % ACTIONS.length]! }),
  noun: (n) => ({ action: ["rollout.*", "audit.*", "incident.*"][n % 3]! }),
  resource: (n) => ({ resource: `service/s-${some(n, 5_000)}` }),
  result: (n) => ({ result: (["success", "failure", "denied"] as const)[n % 3]! }),
  correlation: (n) => ({ correlationId: `corr-${some(n, 250_000)}` }),
  period: (n) => ({ from: at(some(n, 900_000)), to: at(some(n, 900_000) + 50_000) }),
  actorInPeriod: (n) => ({ actor: `person:person-${some(n, 1_000)}`, from: at(100_000), to: at(900_000) }),
  resourceAndAction: (n) => ({ resource: `service/s-${some(n, 5_000)}`, action: "rollout.deploy" }),
};
const ACTIONS = ["rollout.deploy", "audit.search", "incident.open", "rollout.end"];

/** A thousand persons, five thousand resources, four events to a correlation, one in ten refused. */
async function plant({ superuser }: BenchServer): Promise<void> {
  await superuser.query(
    `INSERT INTO toban.audit_personal (tenant_id, commitment, kind, subject, value, salt, created_at)
     SELECT $1, '~' || lpad(n::text, 43, 'A'), 'person', 'person-' || n, 'person-' || n, sha256(n::text::bytea), now()
     FROM generate_series(0, 999) n`,
    [TENANT],
  );
  for (let from = 0; from < EVENTS; from += 100_000) {
    await superuser.query(
      `INSERT INTO toban.audit_events (tenant_id, id, class, ts_us, actor_id, action, resource, result,
                                       correlation_id, source_ip, details)
       SELECT $1, 'event-' || lpad(n::text, 9, '0'), ($4::text[])[1 + (n / 3) % 4], $5::bigint + n * 1000::bigint,
              'person:~' || lpad((n * 31 % 1000)::text, 43, 'A'), ($6::text[])[1 + (n / 7) % 4], 'service/s-' || (n * 17 % 5000),
              CASE n % 20 WHEN 0 THEN 'failure' WHEN 10 THEN 'denied' ELSE 'success' END,
              'corr-' || (n / 4), NULL, '{"version":"1.4.2","reason":"planned"}'
       FROM generate_series($2::bigint, $3::bigint - 1) n`,
      [TENANT, from, from + 100_000, ["auth", "operation", "admin", "access"], START_US, ACTIONS],
    );
  }
  await superuser.query("VACUUM ANALYZE toban.audit_events");
  await superuser.query("VACUUM ANALYZE toban.audit_personal");
}
