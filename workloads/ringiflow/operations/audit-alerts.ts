// Alerts on the audit log: what happens in it, and whether the log itself holds. The operations design names what
// must alert and gives no numbers; the thresholds are choices of the operators, with their reasons.
import { absent, count, minutes, type OperationsInput, seconds, text, thresholds } from "@toban/definition";

const gauge = (metric: string) => ({ kind: "gauge", metric, aggregate: "max" }) as const;
const watched = ["lag", "unanchored", "diverged", "verify_failures", "privilege_changes", "failed_sign_ins"];

export const auditIndicators: NonNullable<OperationsInput["indicators"]> = {
  "privilege-changes": gauge("toban.audit.privilege_changes"),
  "mfa-changes": gauge("toban.audit.mfa_changes"),
  "failed-sign-ins": gauge("toban.audit.failed_sign_ins"),
  "audit-lag": gauge("toban.audit.lag"),
  "audit-unanchored": gauge("toban.audit.unanchored"),
  "audit-invalid": gauge("toban.audit.verify_failures"),
  "audit-diverged": gauge("toban.audit.diverged"),
  "audit-unwatched": { kind: "missing", metrics: watched.map((name) => `toban.audit.${name}`) },
};

/** An event counts at once; the value already covers the minute before it. */
const event = { window: seconds(60), for: seconds(0) };
/** Longer than one pause of a busy database. */
const backlog = { window: seconds(30), for: seconds(10) };

export const auditAlerts: NonNullable<OperationsInput["alerts"]> = {
  "privilege-change": {
    ...event,
    title: text("Permissions were changed", "権限が変更されました"),
    indicator: "privilege-changes",
    // Every single change is told; more than a person does by hand in a minute is an incident.
    thresholds: thresholds(count(1), count(10)),
    severities: { warning: "medium", critical: "critical" },
    route: "critical",
    preserve: "audit",
    impact: text(
      "Somebody can see or do more than before, or no longer what they need; if nobody meant it, other people's requests may be exposed.",
      "誰かの閲覧・操作の範囲が広がったか、必要な権限が失われています。意図しない変更なら、他の人の稟議が見られるおそれがあります。",
    ),
    runbook: "privilege-change",
  },
  "mfa-change": {
    ...event,
    title: text("Multi-factor authentication was changed", "多要素認証の設定が変更されました"),
    indicator: "mfa-changes",
    thresholds: thresholds(count(1), count(10)),
    severities: { warning: "medium", critical: "critical" },
    route: "critical",
    preserve: "audit",
    impact: text(
      "If the person did not do it, somebody else may soon decide requests in their name.",
      "本人の操作でなければ、第三者が本人になりすまして稟議を承認するおそれがあります。",
    ),
    runbook: "failed-sign-ins",
  },
  "failed-sign-ins": {
    ...event,
    title: text("Sign-ins fail in great number", "サインインの失敗が急増しています"),
    indicator: "failed-sign-ins",
    // A person with a wrong link tries a few times a minute; ten is more than that, sixty is a program.
    thresholds: thresholds(count(10), count(60)),
    severities: { warning: "high", critical: "critical" },
    route: "critical",
    impact: text(
      "Somebody may be trying to get in, or those on duty cannot sign in just when they are needed.",
      "不正なサインインの試み、または当番がサインインできない状態のおそれがあります。",
    ),
    runbook: "failed-sign-ins",
  },
  "audit-lag": {
    ...backlog,
    title: text("Audit records wait to be sealed", "監査記録の封印が遅れています"),
    indicator: "audit-lag",
    // Sealed within a second when all is well; ten times that is a stall, a minute is no passing one.
    thresholds: thresholds(seconds(10), seconds(60)),
    severities: { warning: "high", critical: "critical" },
    route: "critical",
    impact: text(
      "What people do now could be altered without a trace until it is sealed.",
      "封印されるまでの間、いまの操作の記録は痕跡なく改ざんされるおそれがあります。",
    ),
    runbook: "audit-behind",
  },
  "audit-unanchored": {
    ...backlog,
    title: text("The audit log is not anchored outside", "監査ログが外部に固定されていません"),
    indicator: "audit-unanchored",
    // Anchored within a minute is what the audit log promises.
    thresholds: thresholds(seconds(60), minutes(5)),
    severities: { warning: "high", critical: "critical" },
    route: "critical",
    impact: text(
      "An administrator of the database could rewrite this span, and nobody outside could tell.",
      "この区間は、データベース管理者が書き換えても外部から分かりません。",
    ),
    runbook: "audit-behind",
  },
  "audit-unwatched": {
    window: seconds(60),
    for: seconds(30),
    title: text("Nothing is heard about the audit log", "監査ログの計測値が途絶えています"),
    indicator: "audit-unwatched",
    thresholds: absent(),
    severities: { warning: "critical", critical: "critical" },
    route: "critical",
    impact: text(
      "Nobody can tell whether the record is kept, and changes of permissions raise no alert.",
      "記録が保たれているか分からず、権限の変更も通知されません。",
    ),
    runbook: "audit-behind",
  },
  "audit-invalid": {
    ...event,
    title: text("The audit log does not verify", "監査ログの検証に失敗しました"),
    indicator: "audit-invalid",
    thresholds: thresholds(count(1), count(2)),
    severities: { warning: "critical", critical: "critical" },
    route: "critical",
    preserve: "audit",
    impact: text(
      "The record of who did what can no longer be relied on; somebody may have altered it.",
      "「誰が何をしたか」の記録を信頼できません。改ざんされたおそれがあります。",
    ),
    runbook: "audit-tampered",
  },
  "audit-diverged": {
    ...event,
    title: text("The audit log contradicts its anchors", "監査ログが外部の固定記録と矛盾しています"),
    indicator: "audit-diverged",
    thresholds: thresholds(count(1), count(2)),
    severities: { warning: "critical", critical: "critical" },
    route: "critical",
    preserve: "audit",
    impact: text(
      "The database shows another history than the one that was anchored: it was rewritten or restored to the past.",
      "データベースの履歴が固定済みの履歴と異なります。書き換え、または過去への復元が疑われます。",
    ),
    runbook: "audit-tampered",
  },
};
