// Drills of the event worker: damage to the read model of one finished request, and its repair from the events.
import { createHash } from "node:crypto";
import { days, proof } from "@toban/definition";
import { eventRecovery, metrics } from "../index.ts";
import { front } from "./front.ts";

const expiresAfter = days(7);
const dependsOn = ["services.worker", "release:worker", "release:core"];

/** Of the person whom proofs sign in as. */
const tenant = "hinode";
const database = { urlSecret: "ringiflow-database-url", settings: { "ringiflow.tenant": tenant } };
const readModel = {
  list: { path: "/api/requests?view=all&limit=200", field: "requests" },
  entry: { path: "/api/requests/{id}", field: "request" },
  compare: ["title", "category", "amountYen", "status", "applicant", "currentApprover", "version"],
  finished: { field: "status", values: ["approved", "rejected", "withdrawn"] },
};
const inexact = "SELECT count(*) FROM ringiflow.request_list WHERE applied <> version";

/** Takes the request out of the read model, as if none of its events had ever been applied. */
const takenOut = `
  gone AS (DELETE FROM ringiflow.request_list WHERE request_id = $1 RETURNING status, amount_yen),
  uncounted AS (UPDATE ringiflow.request_counters c
    SET count = c.count - 1, total_yen = c.total_yen - g.amount_yen FROM gone g WHERE c.status = g.status),
  own AS (SELECT * FROM ringiflow.events WHERE stream_id = $1 AND EXISTS (SELECT FROM gone)),
  forgotten AS (DELETE FROM ringiflow.applied_events WHERE event_id IN (SELECT event_id FROM own))`;

/** The label that stands for the tenant in metrics. */
const label = `t_${createHash("sha256").update(tenant).digest("hex").slice(0, 12)}`;
const ofWorker = { service: "worker", tenant: label };

export const eventProofs = [
  proof("workload.repair", {
    proves: eventRecovery.readModelRebuilt,
    parameters: {
      front,
      readModel,
      drill: {
        database,
        damage: `UPDATE ringiflow.request_list SET title = title || ' ?', amount_yen = amount_yen + 1 WHERE request_id = $1`,
        inexact,
        command: { service: "worker", run: ["node", "rebuild.js"] },
      },
    },
    expiresAfter,
    dependsOn,
  }),
  proof("workload.repair", {
    proves: eventRecovery.deadLetters,
    parameters: {
      front,
      readModel,
      drill: {
        database,
        damage: `WITH ${takenOut}
          INSERT INTO ringiflow.dead_letters (tenant_id, event_id, stream_id, position, attempts, error, at)
          SELECT tenant_id, event_id, stream_id, position, 5, 'put aside by a proof', now() FROM own`,
        waiting: "SELECT count(*) FROM ringiflow.dead_letters",
        inexact,
        command: { service: "worker", run: ["node", "redrive.js"] },
      },
    },
    expiresAfter,
    dependsOn,
  }),
  proof("workload.queue-metrics", {
    proves: metrics.queueMeasured,
    parameters: {
      front,
      readModel,
      drill: {
        database,
        // Its last event comes without the ones before it, which cannot be applied; the newest applied event
        // of the tenant comes a second time.
        damage: `WITH ${takenOut},
          again AS (SELECT e.* FROM ringiflow.events e JOIN ringiflow.applied_events a USING (tenant_id, event_id)
            WHERE e.stream_id <> $1 ORDER BY e.position DESC LIMIT 1),
          late AS (SELECT * FROM own WHERE version > 1 ORDER BY version DESC LIMIT 1)
          INSERT INTO ringiflow.outbox (tenant_id, position, event_id, stream_id, queued_at)
          SELECT tenant_id, position, event_id, stream_id, now() FROM late
          UNION ALL SELECT tenant_id, position, event_id, stream_id, now() FROM again`,
        inexact,
        command: { service: "worker", run: ["node", "rebuild.js"] },
      },
      series: [
        { metric: "ringiflow.worker.duplicates", labels: ofWorker, take: "sum", expect: 1 },
        { metric: "ringiflow.worker.retries", labels: ofWorker, take: "sum", expect: 4 },
        { metric: "ringiflow.worker.dead_lettered", labels: ofWorker, take: "sum", expect: 1 },
        { metric: "ringiflow.queue.dead_letters", labels: ofWorker, take: "highest", expect: 1 },
        { metric: "ringiflow.queue.backlog", labels: ofWorker, take: "highest", expect: "more" },
        { metric: "ringiflow.queue.lag", labels: ofWorker, take: "highest", expect: "more" },
      ],
    },
    expiresAfter,
    dependsOn,
  }),
];
