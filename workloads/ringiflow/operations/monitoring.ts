// RingiFlow 運用設計 9.1 to 9.3: telemetry, thresholds, dashboards, alerts.
import { choice, count, hours, minutes, ms, percent, text, thresholds, weeks } from "@toban/definition";
import { rf } from "./register.ts";

export const telemetry = {
  collected: rf.commitment("RF-062", {
    says: text(
      "Metrics, logs and traces of every component reach one backend through OpenTelemetry",
      "すべての構成要素のメトリクス・ログ・トレースを OpenTelemetry 経由で監視基盤に集める",
    ),
    source: "9.1",
  }),
  notified: rf.commitment("RF-063", {
    says: text(
      "Monitoring notifies PagerDuty, Slack and e-mail",
      "監視基盤は PagerDuty、Slack、メールに通知する",
    ),
    source: "9.1",
  }),
};

export const infrastructure = {
  ecsCpu: rf.commitment("RF-064", {
    says: text(
      "ECS CPU: warning at 70 %, critical at 90 %",
      "ECS の CPU 使用率は 70 % で警告、90 % で重大とする",
    ),
    source: "9.2.1",
    value: thresholds(percent(70), percent(90)),
    scope: "thresholds.ecs.cpu",
  }),
  ecsMemory: rf.commitment("RF-065", {
    says: text(
      "ECS memory: warning at 80 %, critical at 95 %",
      "ECS のメモリ使用率は 80 % で警告、95 % で重大とする",
    ),
    source: "9.2.1",
    value: thresholds(percent(80), percent(95)),
    scope: "thresholds.ecs.memory",
  }),
  ecsStartFailures: rf.commitment("RF-066", {
    says: text(
      "ECS task start failures: warning at 1, critical at 3 in a row",
      "ECS のタスク起動失敗は 1 回で警告、3 回連続で重大とする",
    ),
    source: "9.2.1",
    value: thresholds(count(1), count(3)),
    scope: "thresholds.ecs.start-failures",
  }),
  auroraCpu: rf.commitment("RF-067", {
    says: text(
      "Aurora CPU: warning at 70 %, critical at 85 %",
      "Aurora の CPU 使用率は 70 % で警告、85 % で重大とする",
    ),
    source: "9.2.1",
    value: thresholds(percent(70), percent(85)),
    scope: "thresholds.database.cpu",
  }),
  auroraConnections: rf.commitment("RF-068", {
    says: text(
      "Aurora connections: warning at 80 % of the maximum, critical at 95 %",
      "Aurora の接続数は上限の 80 % で警告、95 % で重大とする",
    ),
    source: "9.2.1",
    value: thresholds(percent(80), percent(95)),
    scope: "thresholds.database.connections",
  }),
  auroraReplicaLag: rf.commitment("RF-069", {
    says: text(
      "Aurora replica lag: warning at 100 ms, critical at 500 ms",
      "Aurora のレプリカラグは 100 ms で警告、500 ms で重大とする",
    ),
    source: "9.2.1",
    value: thresholds(ms(100), ms(500)),
    scope: "thresholds.database.replica-lag",
  }),
  cacheMemory: rf.commitment("RF-070", {
    says: text(
      "ElastiCache memory: warning at 70 %, critical at 85 %",
      "ElastiCache のメモリ使用率は 70 % で警告、85 % で重大とする",
    ),
    source: "9.2.1",
    value: thresholds(percent(70), percent(85)),
    scope: "thresholds.cache.memory",
  }),
  cacheConnections: rf.commitment("RF-071", {
    says: text(
      "ElastiCache connections: warning at 80 % of the maximum, critical at 95 %",
      "ElastiCache の接続数は上限の 80 % で警告、95 % で重大とする",
    ),
    source: "9.2.1",
    value: thresholds(percent(80), percent(95)),
    scope: "thresholds.cache.connections",
  }),
};

export const api = {
  latency: rf.commitment("RF-072", {
    says: text(
      "API latency (P99): warning at 150 ms, critical at 300 ms",
      "API のレイテンシ（P99）は 150 ms で警告、300 ms で重大とする",
    ),
    source: "9.2.2",
    value: thresholds(ms(150), ms(300)),
    scope: "thresholds.api.latency-p99",
  }),
  serverErrors: rf.commitment("RF-073", {
    says: text(
      "API 5xx rate: warning at 0.1 %, critical at 1 %",
      "API の 5xx エラー率は 0.1 % で警告、1 % で重大とする",
    ),
    source: "9.2.2",
    value: thresholds(percent(0.1), percent(1)),
    scope: "thresholds.api.5xx",
  }),
  clientErrors: rf.commitment("RF-074", {
    says: text(
      "API 4xx rate: warning at 5 %, critical at 10 %",
      "API の 4xx エラー率は 5 % で警告、10 % で重大とする",
    ),
    source: "9.2.2",
    value: thresholds(percent(5), percent(10)),
    scope: "thresholds.api.4xx",
  }),
  loginFailures: rf.commitment("RF-075", {
    says: text(
      "Failed sign-ins: warning at 10 %, critical at 30 %",
      "ログイン失敗率は 10 % で警告、30 % で重大とする",
    ),
    source: "9.2.2",
    value: thresholds(percent(10), percent(30)),
    scope: "thresholds.login-failures",
  }),
  workflowTime: rf.commitment("RF-076", {
    says: text(
      "Workflow processing: warning at 5 minutes, critical at 15",
      "ワークフローの処理時間は 5 分で警告、15 分で重大とする",
    ),
    source: "9.2.2",
    value: thresholds(minutes(5), minutes(15)),
    scope: "thresholds.workflow-time",
  }),
};

export const metrics = {
  labels: rf.commitment("RF-077", {
    says: text(
      "Every application metric carries service, env, route, status_class and tenant",
      "すべてのアプリケーションメトリクスに service・env・route・status_class・tenant のラベルを付ける",
    ),
    source: "9.2.2.1",
  }),
  oneTenantVisible: rf.commitment("RF-078", {
    says: text(
      "One degraded tenant or endpoint is found even while the average looks fine",
      "全体平均では隠れる特定テナント・特定エンドポイントの劣化を検知できる",
    ),
    source: "9.2.2.1",
  }),
  identityProviderMeasured: rf.commitment("RF-079", {
    says: text(
      "Calls to the identity provider are measured for success, latency and timeouts",
      "外部 IdP の呼び出しは成功率・レイテンシ・タイムアウト率を計測する",
    ),
    source: "9.2.2.1",
  }),
  loginImpactKnown: rf.commitment("RF-080", {
    says: text(
      "Rising failures of the identity provider say at once what users cannot do",
      "IdP の失敗が増えたら「ログイン不可」などのユーザー影響を即時に判定できる",
    ),
    source: "9.2.2.1",
  }),
  databaseMeasured: rf.commitment("RF-081", {
    says: text(
      "Query latency, lock contention and pool exhaustion of the database are measured",
      "DB のクエリレイテンシ、ロック競合、コネクションプール枯渇を計測する",
    ),
    source: "9.2.2.1",
  }),
  queueMeasured: rf.commitment("RF-082", {
    says: text(
      "Lag, backlog, dead letters, retries and de-duplications of queues are measured",
      "キューのラグ、滞留件数、DLQ 件数、再試行回数、重複排除件数を計測する",
    ),
    source: "9.2.2.1",
  }),
};

export const dashboards = {
  judgedInTime: rf.commitment("RF-083", {
    says: text(
      "On-call can judge the situation from the standard dashboard within 3 minutes",
      "オンコールは標準ダッシュボードで 3 分以内に状況を判断できる",
    ),
    source: "9.2.2.2",
    value: minutes(3),
  }),
  serviceBoard: rf.commitment("RF-084", {
    says: text(
      "A board for each service shows latency, errors, throttling, timeouts and dependencies",
      "サービス別ダッシュボードでレイテンシ、エラー率、スロットリング、タイムアウト、依存の内訳を示す",
    ),
    source: "9.2.2.2",
  }),
  eventBoard: rf.commitment("RF-085", {
    says: text(
      "A board for events shows lag, dead letters, reprocessing and read-model delay",
      "イベント処理ダッシュボードでラグ、DLQ、再処理件数、Read Model の更新遅延を示す",
    ),
    source: "9.2.2.2",
  }),
  securityBoard: rf.commitment("RF-086", {
    says: text(
      "A board for security shows sign-in failures, permission changes and audit delay",
      "セキュリティ運用ダッシュボードで認証失敗率、権限変更、監査ログの取り込み遅延を示す",
    ),
    source: "9.2.2.2",
  }),
};

export const alerting = {
  criticalResponse: rf.commitment("RF-087", {
    says: text(
      "Critical: phone and #alerts-critical; work starts within 15 minutes",
      "Critical は PagerDuty の電話と Slack #alerts-critical に通知し、15 分以内に対応を始める",
    ),
    source: "9.3",
    value: minutes(15),
    scope: "response.critical",
  }),
  highResponse: rf.commitment("RF-088", {
    says: text(
      "High: #alerts-high and e-mail; work starts within 1 hour",
      "High は Slack #alerts-high とメールに通知し、1 時間以内に対応を始める",
    ),
    source: "9.3",
    value: hours(1),
    scope: "response.high",
  }),
  mediumResponse: rf.commitment("RF-089", {
    says: text(
      "Medium: #alerts; handled within business hours",
      "Medium は Slack #alerts に通知し、営業時間内に対応する",
    ),
    source: "9.3",
    value: choice("business-hours"),
    scope: "response.medium",
  }),
  lowResponse: rf.commitment("RF-090", {
    says: text(
      "Low: #alerts-low; looked at every week",
      "Low は Slack #alerts-low に通知し、週に一度確認する",
    ),
    source: "9.3",
    value: weeks(1),
    scope: "response.low",
  }),
  tiedToImpact: rf.commitment("RF-091", {
    says: text(
      "Every alert is tied to what users notice or to an omen of a missed objective",
      "アラートは症状ではなく、ユーザー影響または SLO 逸脱の予兆に紐づける",
    ),
    source: "9.3",
  }),
  runbookLinked: rf.commitment("RF-092", {
    says: text(
      "Every alert links a runbook with triage, first response and escalation",
      "各アラートに、原因切り分け・一次対応・エスカレーションを書いた Runbook を必ず紐づける",
    ),
    source: "9.3",
  }),
  runbookCoverage: rf.commitment("RF-093", {
    says: text(
      "Runbooks cover dependency failure, overload and inconsistent data for BFF, Core and Domain",
      "BFF・Core・Domain のそれぞれに、依存障害・過負荷・データ不整合の Runbook がある",
    ),
    source: "9.3",
  }),
};
