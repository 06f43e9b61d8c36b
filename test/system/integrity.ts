import { readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { fold } from "../../workloads/ringiflow/src/domain/evolve.ts";
import type { RequestEvent, RequestState } from "../../workloads/ringiflow/src/domain/model.ts";
import type { System } from "./system.ts";

/** A superuser's connection to one of the system's databases: sees all tenants. */
export async function connect(system: System, database: "toban" | "ringiflow"): Promise<pg.Client> {
  const { postgres } = JSON.parse(await readFile(path.join(system.home, "ports.json"), "utf8"));
  const password = await system.secret("postgres-password");
  const client = new pg.Client({ host: "127.0.0.1", port: postgres, user: "postgres", password, database });
  // The system's own stop ends the connection.
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** Statements that find what must not be; each gives no row when all is well. */
const VIOLATIONS = {
  "positions have gaps or the head is elsewhere": `
    SELECT h.tenant_id, h.position, count(e.*), min(e.position), max(e.position)
    FROM ringiflow.heads h LEFT JOIN ringiflow.events e USING (tenant_id)
    GROUP BY h.tenant_id, h.position
    HAVING count(e.*) <> h.position OR coalesce(max(e.position), 0) <> h.position`,
  "versions of a request have gaps": `
    SELECT tenant_id, stream_id, count(*), max(version) FROM ringiflow.events
    GROUP BY tenant_id, stream_id HAVING count(*) <> max(version) OR min(version) <> 1`,
  "a command has no event of its own, or an event no command": `
    SELECT c.tenant_id, c.idempotency_key, e.tenant_id, e.stream_id, e.version
    FROM ringiflow.commands c FULL JOIN ringiflow.events e ON e.tenant_id = c.tenant_id
      AND e.stream_id = (c.response ->> 'id')::uuid AND e.version = (c.response ->> 'version')::int
    WHERE c.tenant_id IS NULL OR e.tenant_id IS NULL`,
  "two commands share an event": `
    SELECT tenant_id, response ->> 'id', response ->> 'version', count(*) FROM ringiflow.commands
    GROUP BY 1, 2, 3 HAVING count(*) > 1`,
  "the worker has not reached the head": `
    SELECT h.tenant_id, h.position, c.position FROM ringiflow.heads h
    LEFT JOIN ringiflow.checkpoints c USING (tenant_id) WHERE c.position IS DISTINCT FROM h.position`,
  "deliveries wait": "SELECT tenant_id, position, attempts, last_error FROM ringiflow.outbox",
  "dead letters": "SELECT tenant_id, event_id, error FROM ringiflow.dead_letters",
  "an event was not applied, or something else was": `
    SELECT e.tenant_id, e.event_id, a.tenant_id, a.event_id
    FROM ringiflow.events e FULL JOIN ringiflow.applied_events a USING (tenant_id, event_id)
    WHERE e.event_id IS NULL OR a.event_id IS NULL`,
};

/** What is wrong in RingiFlow's database, by name; empty when no event was lost, doubled or left behind. */
export async function violations(ringiflow: pg.Client): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const [name, sql] of Object.entries(VIOLATIONS)) {
    const { rows } = await ringiflow.query(sql);
    if (rows.length > 0) found[name] = rows.slice(0, 5);
  }
  return found;
}

export type ReadModels = {
  list: { tenant: string; id: string; version: number; applied: number; state: RequestState }[];
  counters: { tenant: string; status: string; count: number; totalYen: number }[];
};

/** The read models as the worker left them. */
export async function storedModels(ringiflow: pg.Client): Promise<ReadModels> {
  const list = await ringiflow.query(
    `SELECT tenant_id AS tenant, request_id AS id, version, applied, state
     FROM ringiflow.request_list ORDER BY tenant_id, request_id`,
  );
  const counters = await ringiflow.query(
    `SELECT tenant_id AS tenant, status, count::int AS count, total_yen::float8 AS "totalYen"
     FROM ringiflow.request_counters WHERE count <> 0 OR total_yen <> 0 ORDER BY tenant_id, status`,
  );
  return { list: list.rows, counters: counters.rows };
}

/** The same, folded here from the events. */
export async function foldedModels(ringiflow: pg.Client): Promise<ReadModels> {
  const { rows } = await ringiflow.query(
    `SELECT tenant_id, stream_id, type, data FROM ringiflow.events ORDER BY tenant_id, stream_id, version`,
  );
  const streams = groupBy(rows, (row) => `${row.tenant_id} ${row.stream_id}`);
  const list = [...streams.values()].map((stream) => ({
    tenant: stream[0].tenant_id as string,
    id: stream[0].stream_id as string,
    version: stream.length,
    applied: stream.length,
    state: fold(stream.map(({ type, data }) => ({ ...data, type }) as RequestEvent))!,
  }));
  const counters = [...groupBy(list, (row) => `${row.tenant} ${row.state.status}`)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => ({
      tenant: group[0]!.tenant,
      status: group[0]!.state.status,
      count: group.length,
      totalYen: group.reduce((sum, row) => sum + row.state.contents.amountYen, 0),
    }));
  return { list, counters };
}

/** `Map.groupBy` of later Node versions. */
function groupBy<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
