import { pass } from "../proof-kind.ts";
import { newestValues } from "./store.ts";
import { type Kind, noFaults, text } from "./system.ts";

type CrossReference = {
  /** Records of the last minutes by service; those of requests have to carry a correlation id. */
  services: { service: string; logs: number; correlated: number }[];
  /** Ids taken from newest audit records, and how many lead to a log, to its trace, and to all of both. */
  ids: number;
  withLog: number;
  withTrace: number;
};

/**
 * One id leads from an audit record to log and trace. `parameters.audit`: table and column of the ids of what was
 * done; `parameters.services`: those whose records are requests, and belong to one each; `parameters.share`: what
 * part of the records has to carry an id, since a start or a stop belongs to no request.
 */
export const telemetryCrossReference: Kind<CrossReference> = {
  kind: "telemetry.cross-reference",
  async measure(system, ctx, parameters) {
    const audit = parameters.audit as {
      urlSecret: string;
      settings: Record<string, string>;
      table: string;
      column: string;
      newest: string;
    };
    const url = system.secret(audit.urlSecret) ?? "";
    // The newest may be on their way still.
    const all = await newestValues(url, audit.settings, { ...audit, limit: 15 });
    const ids = [...new Set(all)].slice(5);
    const now = ctx.clock.now().getTime();
    const range = { from: new Date(now - 24 * 3_600_000), to: new Date(now + 60_000) };
    let withLog = 0;
    let withTrace = 0;
    for (const correlationId of ids) {
      const logs = await system.telemetry.logs(ctx, { correlationId, ...range });
      if (logs.length > 0) withLog++;
      const traceId = logs.find(({ trace_id }) => trace_id !== "")?.trace_id;
      const spans = traceId ? await system.telemetry.trace(ctx, traceId) : [];
      if (spans.some(({ attributes }) => attributes.correlationId === correlationId)) withTrace++;
    }
    const services = await system.telemetry.evidence(ctx).correlation({ from: new Date(now - 300_000) });
    return { services, ids: ids.length, withLog, withTrace };
  },
  judge({ services, ids, withLog, withTrace }, _commitment, parameters) {
    const share = Number(parameters.share);
    const faults = [
      ...(parameters.services as string[]).flatMap((name) => {
        const seen = services.find(({ service }) => service === name);
        if (!seen || seen.logs === 0) return [`${name} has no log`];
        const part = seen.correlated / seen.logs;
        return part >= share ? [] : [`only ${Math.round(part * 100)} % of the logs of ${name} have an id`];
      }),
      ...(ids > 0 ? [] : ["there is no audit record to start from"]),
      ...(withLog === ids ? [] : [`${ids - withLog} of ${ids} ids lead to no log`]),
      ...(withTrace === ids ? [] : [`${ids - withTrace} of ${ids} ids lead to no trace`]),
    ];
    const logs = services.reduce((sum, service) => sum + service.logs, 0);
    return noFaults(
      faults,
      () =>
        pass(
          `${ids} of ${ids} ids: record, log and trace; ${logs} structured logs`,
          text("One id leads from one to the others.", "一つの ID で相互に参照できます。"),
        ),
      "not_cross_referenced",
      `${faults.length} faults`,
      text("Pass the correlation id on.", "相関 ID を引き継いでください。"),
    );
  },
  mutants(_commitment, parameters) {
    const services = (parameters.services as string[]).map((service) => ({
      service,
      logs: 100,
      correlated: 100,
    }));
    const good: CrossReference = { services, ids: 5, withLog: 5, withTrace: 5 };
    return {
      "logs without an id": { ...good, services: services.map((s) => ({ ...s, correlated: 10 })) },
      "no logs": { ...good, services: [] },
      "no log to a record": { ...good, withLog: 4 },
      "no trace to a log": { ...good, withTrace: 4 },
      "no records": { ...good, ids: 0, withLog: 0, withTrace: 0 },
    };
  },
};
