import type { Ctx } from "../../platform/ctx.ts";
import { pass } from "../proof-kind.ts";
import { asPage, asUser, frontOf, frontUrl } from "./front.ts";
import { calm, send } from "./http.ts";
import { type Kind, noFaults, type ProofSystem, text } from "./system.ts";

const before = (ctx: Ctx, ms: number) => new Date(ctx.clock.now().getTime() - ms);

/** Asks until the answer is complete, or `forMs` are over; the last answer. */
async function poll<T>(ask: () => Promise<T>, complete: (answer: T) => boolean, forMs: number): Promise<T> {
  const deadline = performance.now() + forMs;
  for (;;) {
    const answer = await ask();
    if (complete(answer) || performance.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

type Labels = {
  series: number;
  points: number;
  metrics: string[];
  lacking: { metric: string; service: string; label: string }[];
  /** Values of `tenant` that do not have the anonymised form. */
  rawTenants: string[];
};
const LABELS = ["service", "env", "route", "status_class", "tenant"] as const;

/**
 * Every series of the last minutes carries every label. `parameters.withinMinutes`; `parameters.tenant`: pattern of
 * an anonymised tenant; `parameters.metrics`: at least these must be there; `parameters.except`: prefixes of
 * metrics that are not the application's.
 */
export const telemetryLabels: Kind<Labels> = {
  kind: "telemetry.labels",
  async measure(system, ctx, parameters) {
    const from = before(ctx, Number(parameters.withinMinutes) * 60_000);
    const rows = await system.telemetry
      .evidence(ctx)
      .labels({ from, except: (parameters.except ?? []) as string[] });
    const anonymised = new RegExp(String(parameters.tenant));
    return {
      series: rows.length,
      points: rows.reduce((sum, row) => sum + Number(row.points), 0),
      metrics: [...new Set(rows.map(({ metric }) => metric))],
      lacking: rows.flatMap((row) =>
        LABELS.filter((label) => row[label] === "").map((label) => ({
          metric: row.metric,
          service: row.service,
          label,
        })),
      ),
      rawTenants: [...new Set(rows.map(({ tenant }) => tenant))].filter(
        (tenant) => tenant !== "" && !anonymised.test(tenant),
      ),
    };
  },
  judge({ series, points, metrics, lacking, rawTenants }, _commitment, parameters) {
    const due = parameters.metrics as string[];
    const faults = [
      ...new Set(lacking.map(({ metric, service, label }) => `${metric} of ${service} has no ${label}`)),
      ...(rawTenants.length > 0 ? [`${rawTenants.length} tenants are not anonymised`] : []),
      ...due.filter((name) => !metrics.includes(name)).map((name) => `no ${name} was seen`),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          `${series} series of ${metrics.length} metrics, ${points} points: no label missing`,
          text("Every series carries every label.", "すべての系列にすべてのラベルが付いています。"),
        ),
      "label_missing",
      `${faults.length} faults in ${series} series`,
      text("Give the metric the label where it is recorded.", "計測する箇所でラベルを付けてください。"),
    );
  },
  mutants(_commitment, parameters) {
    const metrics = parameters.metrics as string[];
    const good: Labels = { series: 10, points: 100, metrics, lacking: [], rawTenants: [] };
    return {
      ...Object.fromEntries(
        LABELS.map((label) => [
          `no ${label}`,
          { ...good, lacking: [{ metric: metrics[0] ?? "m", service: "s", label }] },
        ]),
      ),
      "a tenant by its name": { ...good, rawTenants: ["acme"] },
      "no metrics at all": { ...good, series: 0, points: 0, metrics: [] },
    };
  },
};

type Correlated = {
  status: number;
  seconds: number;
  /** Services with a log record of the correlation id, with a span of its trace, and with a point that fits. */
  logs: string[];
  spans: string[];
  points: string[];
  /** Log records that belong to the trace. */
  logsOfTrace: number;
  /** Services of the definition that sent metrics lately. */
  reporting: string[];
  services: string[];
};
const LATEST_MS = 15_000;

/**
 * One request of its own, with an id of its own: its log, its trace through all `parameters.through` services and its
 * metric arrive. `parameters.path` is read signed in; `parameters.metric` is the duration metric. Every service of the definition reports.
 */
export const telemetryCorrelated: Kind<Correlated> = {
  kind: "telemetry.correlated",
  async measure(system, ctx, parameters) {
    const front = frontOf(parameters);
    const base = await frontUrl(system, front);
    const through = parameters.through as string[];
    const correlationId = `proof-${ctx.newId()}`;
    const from = before(ctx, 1_000);
    const evidence = system.telemetry.evidence(ctx);
    const { status } = await asUser(base, front, (session) =>
      send(base, {
        path: String(parameters.path),
        headers: { cookie: session.cookie, "x-request-id": correlationId },
      }),
    );
    const started = performance.now();
    const seen = await poll(
      () => follow(system, ctx, { correlationId, from, metric: String(parameters.metric) }),
      (found) =>
        [found.logs, found.spans, found.points].every((names) =>
          through.every((name) => names.includes(name)),
        ),
      LATEST_MS,
    );
    const seconds = (performance.now() - started) / 1000;
    const services = Object.keys(system.operations.services);
    const labels = await evidence.labels({ from: before(ctx, 120_000), except: [] });
    return {
      ...seen,
      status,
      seconds: Math.round(seconds * 10) / 10,
      reporting: services.filter((name) => labels.some(({ service }) => service === name)),
      services,
    };
  },
  judge(seen, _commitment, parameters) {
    const through = parameters.through as string[];
    const missing = (names: string[], what: string) =>
      through.filter((name) => !names.includes(name)).map((name) => `no ${what} of ${name}`);
    const faults = [
      ...(seen.status === 200 ? [] : [`the request was answered with ${seen.status}`]),
      ...missing(seen.logs, "log"),
      ...missing(seen.spans, "span"),
      ...missing(seen.points, "metric"),
      ...(seen.logsOfTrace > 0 ? [] : ["no log record belongs to the trace"]),
      ...seen.services
        .filter((name) => !seen.reporting.includes(name))
        .map((name) => `${name} reports no metric`),
      ...(seen.services.length > 0 ? [] : ["the definition has no service"]),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          `log, trace and metric of ${through.join(" → ")} after ${seen.seconds} s; ${seen.reporting.length} of ${seen.services.length} services report`,
          text("One id leads to all of them.", "一つの ID からすべてをたどれます。"),
        ),
      "telemetry_incomplete",
      `${faults.length} missing after ${seen.seconds} s`,
      text(
        "Check the service's OpenTelemetry settings.",
        "サービスの OpenTelemetry 設定を確認してください。",
      ),
    );
  },
  mutants(_commitment, parameters) {
    const through = parameters.through as string[];
    const good: Correlated = {
      ...{ status: 200, seconds: 1, logs: through, spans: through, points: through, logsOfTrace: 2 },
      ...{ reporting: through, services: through },
    };
    return {
      "no log": { ...good, logs: [] },
      "the trace ends at the first service": { ...good, spans: through.slice(0, 1) },
      "no metric": { ...good, points: [] },
      "logs without a trace": { ...good, logsOfTrace: 0 },
      "a service that reports nothing": { ...good, services: [...through, "silent"] },
      "the request failed": { ...good, status: 500 },
    };
  },
};

async function follow(
  system: ProofSystem,
  ctx: Ctx,
  { correlationId, from, metric }: { correlationId: string; from: Date; metric: string },
) {
  const to = new Date(ctx.clock.now().getTime() + 60_000);
  const logs = await system.telemetry.logs(ctx, { correlationId, from, to });
  const traceId = logs.find(({ trace_id }) => trace_id !== "")?.trace_id;
  const spans = traceId ? await system.telemetry.trace(ctx, traceId) : [];
  const evidence = system.telemetry.evidence(ctx);
  const points: string[] = [];
  for (const span of spans.filter(({ kind }) => kind === "server")) {
    const { service, route, status_class, tenant } = span;
    const found = await evidence.points({ metric, labels: { service, route, status_class, tenant }, from });
    if (found > 0) points.push(service);
  }
  return {
    logs: [...new Set(logs.map(({ service }) => service))],
    spans: [...new Set(spans.map(({ service }) => service))],
    points: [...new Set(points)],
    logsOfTrace: logs.filter(({ trace_id }) => trace_id !== "" && trace_id === traceId).length,
  };
}

type Canary = {
  sent: number;
  /** The marker that is no secret must be found, or nothing was looked at. */
  control: { logs: number; spans: number };
  found: { name: string; logs: number; spans: number; points: number }[];
};
type Leak = { method: string; path: string; body?: string; headers?: Record<string, string> };

/**
 * Secrets and personal data made for this proof are sent through every way in that ends in an error; afterwards
 * logs, traces and metrics are searched for them. `parameters.canaries`: name → form, where `#` stands for what is
 * unique; `parameters.ways`: requests with `{canary}` in path, header or body, sent signed in.
 */
export const telemetryCanary: Kind<Canary> = {
  kind: "telemetry.canary",
  disturbs: true,
  async measure(system, ctx, parameters) {
    const front = frontOf(parameters);
    const base = await frontUrl(system, front);
    const from = before(ctx, 1_000);
    const correlationId = `canary-${ctx.newId()}`;
    const canaries = Object.entries(parameters.canaries as Record<string, string>).map(([name, form]) => {
      const unique = ctx.newId().replaceAll("-", "").slice(-12);
      const isNumber = /^[\d#-]+$/.test(form);
      const value = form.replace("#", isNumber ? digitsOf(unique) : unique);
      // What is unique is found however the rest was encoded or shortened.
      return { name, value, trace: isNumber ? value : unique };
    });
    const ways = parameters.ways as Leak[];
    let sent = 0;
    await asUser(base, front, async (session) => {
      for (const { value } of canaries) {
        for (const { method, path, body, headers } of ways) {
          const fill = (text: string) => text.replaceAll("{canary}", value);
          await send(base, {
            method,
            path: ascii(fill(path)).replaceAll(" ", "%20"),
            headers: {
              "content-type": "application/json",
              ...asPage(base, front, session),
              ...Object.fromEntries(Object.entries(headers ?? {}).map(([k, v]) => [k, ascii(fill(v))])),
              "x-request-id": correlationId,
            },
            ...(body === undefined ? {} : { body: fill(body) }),
          });
          sent++;
        }
      }
      await calm(base, front.harmless, sent);
    });
    const evidence = system.telemetry.evidence(ctx);
    const complete = ({ logs, spans }: { logs: number; spans: number }) => logs >= sent && spans >= sent;
    const control = await poll(() => evidence.mentions({ text: correlationId, from }), complete, LATEST_MS);
    // What was written after the request itself would be late too.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await system.telemetry.flush();
    const found: Canary["found"] = [];
    for (const { name, trace } of canaries) {
      found.push({ name, ...(await evidence.mentions({ text: trace, from })) });
    }
    return { sent, control: { logs: control.logs, spans: control.spans }, found };
  },
  judge({ sent, control, found }, _commitment, parameters) {
    const due = Object.keys(parameters.canaries as object);
    const faults = [
      ...found
        .filter(({ logs, spans, points }) => logs + spans + points > 0)
        .map(({ name, logs, spans, points }) => `${name}: in ${logs} logs, ${spans} spans, ${points} points`),
      ...due
        .filter((name) => !found.some((f) => f.name === name))
        .map((name) => `${name} was not looked for`),
      ...(control.logs >= sent && control.spans >= sent && sent > 0
        ? []
        : [
            `the requests themselves were not all found (${control.logs} logs, ${control.spans} spans of ${sent})`,
          ]),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          `policy ${parameters.policy}: ${found.length} canaries in ${sent} failing requests: found nowhere in ${control.logs} logs and ${control.spans} spans of them`,
          text("Nothing of them was recorded.", "いずれも記録されていません。"),
        ),
      "canary_found",
      `${faults.length} faults`,
      text(
        "Find the record by its text and mask the field where it is written.",
        "該当の記録を検索し、書き出す箇所でマスキングしてください。",
      ),
    );
  },
  mutants(_commitment, parameters) {
    const found = Object.keys(parameters.canaries as object).map((name) => ({
      ...{ name, logs: 0, spans: 0, points: 0 },
    }));
    const good: Canary = { sent: 4, control: { logs: 4, spans: 4 }, found };
    const leaking = (part: object) => ({ ...good, found: found.map((f) => ({ ...f, ...part })) });
    return {
      "in a log": leaking({ logs: 1 }),
      "in a span": leaking({ spans: 1 }),
      "in a metric": leaking({ points: 1 }),
      "nothing was recorded at all": { ...good, control: { logs: 0, spans: 0 } },
      "nothing was looked for": { ...good, found: [] },
    };
  },
};

const ascii = (text: string) => text.replace(/[^\x20-\x7e]/gu, encodeURIComponent);

/** Eight digits that stand for the unique text. */
const digitsOf = (unique: string) => String(Number.parseInt(unique, 16) % 100_000_000).padStart(8, "0");
