// How RingiFlow runs in production. Numbers that RingiFlow's operations design promises are the commitments'
// values themselves; the others are choices of its operators.
import { choice, count, days, defineOperations, seconds, text } from "@toban/definition";
import { alerts, indicators } from "./operations/alerts.ts";
import { auditAlerts, auditIndicators } from "./operations/audit-alerts.ts";
import { auditRunbooks } from "./operations/audit-runbooks.ts";
import * as promised from "./operations/index.ts";
import { mechanisms } from "./operations/mechanisms.ts";
import { proofs } from "./operations/proofs/index.ts";
import { runbooks } from "./operations/runbooks.ts";
import { memoryLimit } from "./operations/sizes.ts";

const { alerting, api, application, auditLog, delivery, logs, objectives, rf } = promised;

/** The judge of a candidate; the same everywhere but for the number of requests it waits for. */
const analysis = { significance: 0.01, maximumErrorRatio: api.serverErrors.critical };

const service = { memoryLimit, rollout: "standard", drain: seconds(10) };

export default defineOperations({
  system: "ringiflow",
  title: text("RingiFlow", "RingiFlow（稟議）"),
  registers: [rf],

  services: {
    bff: {
      ...service,
      title: text("Web and BFF", "Web 画面と BFF"),
      exposure: "public",
      dependsOn: ["core"],
      environment: {
        CORE_URL: { serviceUrl: "core" },
        CORE_TOKEN: { secret: "core-token" },
        SESSION_DATABASE_URL: { secret: "ringiflow-database-url" },
        SESSION_IDLE_MS: String(application.idleTimeout.ms),
        SESSION_ABSOLUTE_MS: String(application.absoluteTimeout.ms),
      },
    },
    core: {
      ...service,
      title: text("Core Service", "Core サービス"),
      exposure: "internal",
      environment: {
        CORE_TOKEN: { secret: "core-token" },
        DATABASE_URL: { secret: "ringiflow-database-url" },
      },
    },
    worker: {
      ...service,
      title: text("Event worker", "イベントワーカー"),
      exposure: "none",
      environment: { DATABASE_URL: { secret: "ringiflow-database-url" } },
    },
  },

  environments: {
    development: {
      title: text("Development", "開発環境"),
      approval: delivery.developmentApproval,
    },
    staging: {
      title: text("Staging", "ステージング環境"),
      approval: delivery.stagingApproval,
      gate: choice("required"),
    },
    production: {
      title: text("Production", "本番環境"),
      approval: delivery.productionApproval,
      gate: choice("required"),
    },
    gameday: {
      title: text("Game day", "ゲームデー"),
      approval: choice("none"),
      gate: choice("required"),
      rollouts: {
        standard: {
          because: text(
            "A rehearsal: each step and the bake watch 10 seconds instead of the promised 60, judge on 20 requests and leave latency to the alerts, so that the whole story fits into minutes. It proves the order of the steps and the rollback, not the 60 seconds.",
            "訓練のため、各段階と全量後の観察を約束の 60 秒ではなく 10 秒に縮め、20 件の要求で判定し、レイテンシはアラートに任せます。全体を数分で終えるためで、示すのは段階の順序とロールバックであり、60 秒の安定性ではありません。",
          ),
          stability: seconds(10),
          bake: seconds(10),
          startTimeout: seconds(30),
          analysis: { ...analysis, minimumSamples: count(20) },
        },
      },
    },
  },

  rollouts: {
    standard: {
      strategy: delivery.strategy,
      steps: delivery.steps,
      stability: delivery.stability,
      bake: delivery.stability,
      startTimeout: seconds(60),
      analysis: {
        ...analysis,
        minimumSamples: count(30),
        latency: { quantile: 0.99, maximum: api.latency.critical },
      },
      extensions: count(2),
      automaticRollback: delivery.automaticRollback,
    },
  },

  indicators: { ...indicators, ...auditIndicators },
  alerts: { ...alerts, ...auditAlerts },
  runbooks: { ...runbooks, ...auditRunbooks },

  routes: {
    critical: { channel: "webhook", respondWithin: alerting.criticalResponse },
    high: { channel: "webhook", respondWithin: alerting.highResponse },
    // The design says "within business hours"; a day is the longest that can mean on a working day.
    medium: { channel: "webhook", respondWithin: days(1) },
    low: { channel: "webhook", respondWithin: alerting.lowResponse },
  },
  // Without the secret nothing is sent; alerts and incidents are still recorded and shown.
  channels: { webhook: { kind: "webhook", url: { secret: "alert-webhook" } } },

  sessions: { idleTimeout: application.idleTimeout, absoluteTimeout: application.absoluteTimeout },
  retention: {
    "audit-authentication": auditLog.authenticationKept,
    "audit-operation": auditLog.operationKept,
    "audit-administration": auditLog.administrationKept,
    "audit-access": auditLog.accessKept,
    // What leaves the log after its period stays in the archive; the history of API calls does not.
    "audit-authentication-archive": promised.auditLogTiers.archive,
    "audit-operation-archive": promised.auditLogTiers.archive,
    "audit-administration-archive": promised.auditLogTiers.archive,
    "log-application": logs.applicationLogKept,
    "log-application-searchable": promised.applicationLogTiers.searchable,
    "log-access": logs.accessLogKept,
    "log-access-searchable": promised.accessLogTiers.searchable,
    "log-audit": logs.auditLogKept,
    "log-infrastructure": logs.infrastructureLogKept,
  },
  recovery: { ringiflow: { rto: objectives.rto, rpo: objectives.rpo } },

  gate: { vulnerabilities: promised.vulnerabilityDue, lineCoverage: promised.pipeline.coverage },

  mechanisms,
  proofs,
});
