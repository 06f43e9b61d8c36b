// Parts of the product that keep promises without a number of their own. Whether they really do is for the proofs.
import { type OperationsInput, text } from "@toban/definition";
import * as promised from "./index.ts";

const { alerting, application, auditLog, delivery, eventRecovery, frontend, logs } = promised;
const { infrastructure, metrics, pipeline, repository, secrets, telemetry } = promised;

export const mechanisms: NonNullable<OperationsInput["mechanisms"]> = {
  "release-gate": {
    title: text("Rollout that health decides", "ヘルスチェックで進退を決めるロールアウト"),
    keeps: [delivery.healthDecides, repository.independentDeployment],
  },
  "change-gate": {
    title: text("Change gate on every release", "リリースごとの変更ゲート"),
    keeps: [
      pipeline.apiContract,
      pipeline.eventContract,
      pipeline.breakingChanges,
      pipeline.missingSbomBlocks,
      delivery.migrationsCompatible,
      delivery.expandContract,
      delivery.rollbackSafe,
      promised.supplyChain.dependencyScan,
      promised.supplyChain.sbom,
      promised.supplyChain.vulnerabilitySla,
      promised.supplyChain.vulnerabilityFixTimes,
    ],
  },
  "internal-listener": {
    title: text("Listener of the Core Service on the loopback address", "Core サービスの内部専用リスナー"),
    keeps: [application.coreNotExposed, frontend.oneOrigin],
  },
  sessions: {
    title: text("Sessions and CSRF checks of the BFF", "BFF のセッションと CSRF 検証"),
    keeps: [
      application.serverSideSessions,
      application.csrfProtected,
      frontend.cookieSecure,
      frontend.cookieSameSite,
      frontend.cookieHostPrefix,
      frontend.csrfTokenOnChanges,
      frontend.identityFixedAtBff,
    ],
  },
  "input-schemas": {
    title: text("Schemas of every route", "すべてのルートの入力スキーマ"),
    keeps: [application.inputValidated],
  },
  "security-headers": {
    title: text("Headers on every answer of the BFF", "BFF のすべての応答に付けるヘッダー"),
    keeps: [frontend.securityHeaders, frontend.noFraming],
  },
  "ci-workflow": {
    title: text("Workflow of the continuous integration", "継続的インテグレーションのワークフロー"),
    keeps: [pipeline.triggers],
  },
  "same-origin": {
    title: text("No CORS headers at all", "CORS ヘッダーを一切返さない構成"),
    keeps: [application.corsAllowList],
  },
  "audit-record": {
    title: text("Audit record in the transaction of the change", "変更と同じトランザクションで書く監査記録"),
    keeps: [auditLog.reconstructable, auditLog.recordFields],
  },
  "audit-log": {
    title: text(
      "Sealed, anchored and verified audit log that is pruned by class",
      "封印・外部固定・検証され、区分ごとに保持期間を守る監査ログ",
    ),
    keeps: [auditLog.appendOnly, auditLog.readingRestricted, logs.tamperEvident],
  },
  "audit-alerts": {
    title: text(
      "Alerts on permissions and sign-ins, from the audit log itself",
      "監査ログから判定する権限・認証のアラート",
    ),
    keeps: [auditLog.permissionAlerts, auditLog.authenticationAlerts],
  },
  "service-logs": {
    title: text("JSON logs with masking and correlation", "マスキングと相関 ID を備えた JSON ログ"),
    keeps: [logs.structured, logs.nothingPersonal, secrets.secretsNeverLogged],
  },
  "service-metrics": {
    title: text(
      "Labels of every metric and OpenTelemetry export",
      "全メトリクスのラベルと OpenTelemetry 送信",
    ),
    keeps: [metrics.labels, metrics.queueMeasured, metrics.databaseMeasured, telemetry.collected],
  },
  "definition-checks": {
    title: text("Checks of this definition", "この定義に対する検査"),
    keeps: [alerting.tiedToImpact, alerting.runbookLinked],
  },
  runbooks: {
    title: text("Runbooks of this definition", "この定義の Runbook"),
    keeps: [alerting.runbookCoverage],
  },
  "memory-alerts": {
    title: text("Memory alerts, in bytes of the limit", "上限に対するバイト数で判定するメモリアラート"),
    keeps: [infrastructure.ecsMemory],
  },
  "event-worker": {
    title: text(
      "Checkpoints, dead letters and rebuilt read models",
      "チェックポイント・DLQ・Read Model の再構築",
    ),
    keeps: [eventRecovery.deadLetters, eventRecovery.readModelRebuilt],
  },
};
