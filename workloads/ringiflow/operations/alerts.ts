// Alerts on what users notice, with the thresholds that the operations design promises.
import { absent, type OperationsInput, seconds, text } from "@toban/definition";
import { api } from "./monitoring.ts";
import { memoryThresholds } from "./sizes.ts";

export const indicators: NonNullable<OperationsInput["indicators"]> = {
  "bff-5xx": { kind: "error-ratio", service: "bff", statusClass: "5xx" },
  "bff-4xx": { kind: "error-ratio", service: "bff", statusClass: "4xx" },
  "bff-p99": { kind: "latency", service: "bff", quantile: 0.99 },
  "bff-silent": { kind: "absence", service: "bff", signal: "spans" },
  "bff-memory": { kind: "gauge", metric: "toban.instance.memory", service: "bff", aggregate: "max" },
  "core-5xx": { kind: "error-ratio", service: "core", statusClass: "5xx" },
  "core-4xx": { kind: "error-ratio", service: "core", statusClass: "4xx" },
  "core-p99": { kind: "latency", service: "core", quantile: 0.99 },
  "core-silent": { kind: "absence", service: "core", signal: "spans" },
  "core-memory": { kind: "gauge", metric: "toban.instance.memory", service: "core", aggregate: "max" },
  "worker-silent": { kind: "absence", service: "worker", signal: "metrics" },
  /** From an event's append to its effect on lists and search. */
  "worker-processing": { kind: "gauge", metric: "ringiflow.queue.lag", service: "worker", aggregate: "max" },
  "worker-memory": { kind: "gauge", metric: "toban.instance.memory", service: "worker", aggregate: "max" },
};

/** A burst of errors shows within ten seconds: a short window, and four seconds without relief. */
const quick = { window: seconds(30), for: seconds(4) };
/** Latency and client errors swing with the load; a minute tells a swing from a trend. */
const steady = { window: seconds(60), for: seconds(60) };
/** Longer than a restart takes. */
const silent = { window: seconds(60), for: seconds(30) };

const paged = { severities: { warning: "high", critical: "critical" }, route: "critical" } as const;
const noticed = { severities: { warning: "medium", critical: "high" }, route: "high" } as const;

export const alerts: NonNullable<OperationsInput["alerts"]> = {
  "bff-5xx": {
    ...quick,
    ...paged,
    title: text("Requests to RingiFlow fail", "RingiFlow への要求が失敗しています"),
    indicator: "bff-5xx",
    thresholds: api.serverErrors,
    impact: text(
      "Applicants and approvers see an error instead of their request.",
      "申請者と承認者に、稟議の代わりにエラーが表示されます。",
    ),
    runbook: "bff-dependency-failure",
  },
  "bff-4xx": {
    ...steady,
    ...noticed,
    title: text("RingiFlow refuses many requests", "RingiFlow が多くの要求を拒否しています"),
    indicator: "bff-4xx",
    thresholds: api.clientErrors,
    impact: text(
      "People are told that their input or their sign-in is wrong, often because of a change on our side.",
      "入力やサインインの誤りとして拒否される人が増えています。多くは当方の変更が原因です。",
    ),
    runbook: "client-errors",
  },
  "bff-p99": {
    ...steady,
    ...noticed,
    title: text("RingiFlow answers slowly", "RingiFlow の応答が遅くなっています"),
    indicator: "bff-p99",
    thresholds: api.latency,
    impact: text(
      "One in a hundred actions takes visibly long.",
      "百回に一回の操作で、はっきり待たされます。",
    ),
    runbook: "bff-overload",
  },
  "bff-silent": {
    ...silent,
    ...paged,
    title: text("Nothing is heard from the BFF", "BFF からの応答記録が途絶えています"),
    indicator: "bff-silent",
    thresholds: absent(),
    impact: text(
      "RingiFlow may be unreachable, and nobody can tell how it is doing.",
      "RingiFlow に接続できないおそれがあり、状態も分かりません。",
    ),
    runbook: "silent-service",
  },
  "bff-memory": {
    ...steady,
    ...noticed,
    title: text("The BFF is running out of memory", "BFF のメモリが不足しています"),
    indicator: "bff-memory",
    thresholds: memoryThresholds,
    impact: text(
      "The instance will be replaced soon, and answers slow down until then.",
      "まもなくインスタンスが入れ替わり、それまで応答が遅くなります。",
    ),
    runbook: "bff-overload",
  },
  "core-5xx": {
    ...quick,
    ...paged,
    title: text("The Core Service fails", "Core サービスが失敗しています"),
    indicator: "core-5xx",
    thresholds: api.serverErrors,
    impact: text("Requests cannot be submitted or decided.", "稟議の申請と承認ができません。"),
    runbook: "core-dependency-failure",
  },
  "core-4xx": {
    ...steady,
    ...noticed,
    title: text("The Core Service refuses many commands", "Core サービスが多くの操作を拒否しています"),
    indicator: "core-4xx",
    thresholds: api.clientErrors,
    impact: text(
      "Decisions collide or are refused; approvers have to repeat them.",
      "承認が競合または拒否され、承認者がやり直すことになります。",
    ),
    runbook: "client-errors",
  },
  "core-p99": {
    ...steady,
    ...noticed,
    title: text("The Core Service answers slowly", "Core サービスの応答が遅くなっています"),
    indicator: "core-p99",
    thresholds: api.latency,
    impact: text("Lists and decisions take visibly long.", "一覧の表示と承認に、はっきり待たされます。"),
    runbook: "core-overload",
  },
  "core-silent": {
    ...silent,
    ...paged,
    title: text("Nothing is heard from the Core Service", "Core サービスからの応答記録が途絶えています"),
    indicator: "core-silent",
    thresholds: absent(),
    impact: text(
      "Nobody may be able to submit or decide requests.",
      "誰も稟議を申請・承認できないおそれがあります。",
    ),
    runbook: "silent-service",
  },
  "core-memory": {
    ...steady,
    ...noticed,
    title: text("The Core Service is running out of memory", "Core サービスのメモリが不足しています"),
    indicator: "core-memory",
    thresholds: memoryThresholds,
    impact: text(
      "The instance will be replaced soon, and answers slow down until then.",
      "まもなくインスタンスが入れ替わり、それまで応答が遅くなります。",
    ),
    runbook: "core-overload",
  },
  "worker-silent": {
    ...silent,
    ...noticed,
    title: text("Nothing is heard from the event worker", "イベントワーカーからの計測値が途絶えています"),
    indicator: "worker-silent",
    thresholds: absent(),
    impact: text(
      "Lists and search stop showing new requests and decisions.",
      "一覧と検索に、新しい申請や承認が反映されなくなります。",
    ),
    runbook: "silent-service",
  },
  "worker-processing": {
    ...steady,
    ...noticed,
    title: text("Decisions take long to show", "申請や承認の反映に時間がかかっています"),
    indicator: "worker-processing",
    thresholds: api.workflowTime,
    impact: text(
      "Lists and search show requests and decisions minutes late.",
      "一覧と検索への申請・承認の反映が数分遅れます。",
    ),
    runbook: "worker-overload",
  },
  "worker-memory": {
    ...steady,
    ...noticed,
    title: text("The event worker is running out of memory", "イベントワーカーのメモリが不足しています"),
    indicator: "worker-memory",
    thresholds: memoryThresholds,
    impact: text(
      "Lists and search lag behind while the worker is replaced.",
      "ワーカーが入れ替わる間、一覧と検索の反映が遅れます。",
    ),
    runbook: "worker-overload",
  },
};
