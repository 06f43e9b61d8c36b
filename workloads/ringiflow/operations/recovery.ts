// RingiFlow 運用設計 9.4 and 9.5: logs and recovery.
import { count, days, hours, text, years } from "@toban/definition";
import { rf } from "./register.ts";

export const logs = {
  applicationLogKept: rf.commitment("RF-094", {
    says: text(
      "The application log is at hand for 30 days, then archived for 1 year",
      "アプリケーションログは CloudWatch に 30 日、その後 S3 に 1 年保持する",
    ),
    source: "9.4",
    value: years(1),
    comparator: "at-least",
    scope: "retention.log.application",
  }),
  accessLogKept: rf.commitment("RF-095", {
    says: text(
      "The access log is at hand for 30 days, then archived for 90 days",
      "アクセスログは CloudWatch に 30 日、S3 に 90 日保持する",
    ),
    source: "9.4",
    value: days(90),
    comparator: "at-least",
    scope: "retention.log.access",
  }),
  auditLogKept: rf.commitment("RF-096", {
    says: text(
      "The audit log is kept for 1 year and 3 more years once archived",
      "監査ログは 1 年、Glacier への移行後は 3 年保持する",
    ),
    source: "9.4",
    value: years(1),
    comparator: "at-least",
    scope: "retention.log.audit",
  }),
  infrastructureLogKept: rf.commitment("RF-097", {
    says: text("The infrastructure log is kept for 30 days", "インフラログは CloudWatch に 30 日保持する"),
    source: "9.4",
    value: days(30),
    comparator: "at-least",
    scope: "retention.log.infrastructure",
  }),
  structured: rf.commitment("RF-098", {
    says: text(
      "Application logs are JSON with a correlation id that leads to traces and audit records",
      "アプリケーションログは JSON に統一し、correlationId でトレースと監査ログを相互に参照できる",
    ),
    source: "9.4",
  }),
  nothingPersonal: rf.commitment("RF-099", {
    says: text("Logs hold neither personal data nor secrets", "ログに個人情報もシークレットも出力しない"),
    source: "9.4",
  }),
  tamperEvident: rf.commitment("RF-100", {
    says: text(
      "Audit preservation reveals tampering and covers permissions, administration and sign-in",
      "監査ログは改ざんを検知できる形で保全し、権限変更・管理者操作・認証イベントを含む",
    ),
    source: "9.4",
  }),
};
/** Further numbers of RF-094. */
export const applicationLogTiers = rf.parts("RF-094", { searchable: days(30) });
/** Further numbers of RF-095. */
export const accessLogTiers = rf.parts("RF-095", { searchable: days(30) });
/** Further numbers of RF-096. */
export const auditLogTiers = rf.parts("RF-096", { archive: years(3) });

export const objectives = {
  rto: rf.commitment("RF-101", {
    says: text("Service is restored within 4 hours", "サービスは 4 時間以内に復旧する（RTO）"),
    source: "9.5.1",
    value: hours(4),
    scope: "recovery.rto/ringiflow",
  }),
  rpo: rf.commitment("RF-102", {
    says: text("At most 1 hour of data is lost", "失われるデータは最大でも 1 時間分とする（RPO）"),
    source: "9.5.1",
    value: hours(1),
    scope: "recovery.rpo/ringiflow",
  }),
};

export const scenarios = {
  zoneLoss: rf.commitment("RF-103", {
    says: text(
      "Losing one zone raises an alarm and fails over without anybody's help",
      "単一 AZ の障害はアラームで検知し、人手なしに自動でフェイルオーバーする",
    ),
    source: "9.5.2",
  }),
  databasePrimaryLoss: rf.commitment("RF-104", {
    says: text(
      "Losing the database's primary fails over, and connections are made again",
      "Aurora のプライマリ障害では自動でフェイルオーバーし、接続を再確立する",
    ),
    source: "9.5.2",
  }),
  sessionPrimaryLoss: rf.commitment("RF-105", {
    says: text(
      "Losing the session store's primary fails over, and users are guided to sign in again",
      "Redis のプライマリ障害では自動でフェイルオーバーし、再認証へ誘導する",
    ),
    source: "9.5.2",
  }),
  brokerLoss: rf.commitment("RF-106", {
    says: text(
      "Losing a broker heals by itself, and consumers are restarted",
      "MSK のブローカー障害では自動復旧ののちコンシューマを再起動する",
    ),
    source: "9.5.2",
  }),
  regionLoss: rf.commitment("RF-107", {
    says: text(
      "Losing the region is seen by a health check, and people switch to the other region",
      "リージョン障害はヘルスチェックで検知し、DR リージョンへ手動で切り替える",
    ),
    source: "9.5.2",
  }),
  logicalCorruption: rf.commitment("RF-108", {
    says: text(
      "Corrupted data is noticed, restored to a point in time, and events are replayed",
      "論理的なデータ破損は監査ログやアラートで検知し、PITR で復元してイベントを再処理する",
    ),
    source: "9.5.2",
  }),
};

export const databaseRecovery = {
  decisionTree: rf.commitment("RF-109", {
    says: text(
      "A decision tree separates a failed instance, corrupted data and a lost region",
      "Aurora の障害はインスタンス障害・データ破損・リージョン障害に切り分けて対応する",
    ),
    source: "9.5.3",
  }),
  pointInTimeSteps: rf.commitment("RF-110", {
    says: text(
      "Restoring to a point in time follows 8 steps in order",
      "PITR 復元は決められた 8 つの手順を順に行う",
    ),
    source: "9.5.3",
    value: count(8),
    comparator: "equals",
  }),
  verifiedBeforeSwitch: rf.commitment("RF-111", {
    says: text(
      "Restored data is verified before connections are switched",
      "接続先を切り替える前に、復元したデータの整合性を検証する",
    ),
    source: "9.5.3",
  }),
  regionPath: rf.commitment("RF-112", {
    says: text(
      "A lost region is replaced by starting the other one, restoring, switching DNS and verifying",
      "リージョン障害では DR リージョンの起動、S3 からの復元、DNS の切替、正常性の確認を行う",
    ),
    source: "9.5.3",
  }),
};

export const eventRecovery = {
  consumerLag: rf.commitment("RF-113", {
    says: text(
      "A lagging consumer is restarted and its offset reset",
      "コンシューマの遅延は再起動とオフセットのリセットで解消する",
    ),
    source: "9.5.4",
  }),
  deadLetters: rf.commitment("RF-114", {
    says: text(
      "Dead letters are investigated, fixed and reprocessed",
      "DLQ の滞留は原因を調べ、修正し、再処理する",
    ),
    source: "9.5.4",
  }),
  readModelRebuilt: rf.commitment("RF-115", {
    says: text(
      "An inconsistent read model is projected again from the events",
      "Read Model の不整合はイベントの再投影で直す",
    ),
    source: "9.5.4",
  }),
  eventStoreRestored: rf.commitment("RF-116", {
    says: text(
      "A corrupted event store is restored from backup",
      "Event Store の破損はバックアップから復元する",
    ),
    source: "9.5.4",
  }),
  replaySteps: rf.commitment("RF-117", {
    says: text(
      "Replaying events follows 6 steps in order",
      "イベント再処理は決められた 6 つの手順を順に行う",
    ),
    source: "9.5.4",
    value: count(6),
    comparator: "equals",
  }),
};

export const sessionRecovery = {
  sessionFailover: rf.commitment("RF-118", {
    says: text(
      "A failover of the session store needs no work; users sign in again",
      "Redis のフェイルオーバーは自動で復旧し、ユーザーは再ログインする",
    ),
    source: "9.5.5",
  }),
  sessionLoss: rf.commitment("RF-119", {
    says: text(
      "When sessions are lost the store is rebuilt and everybody signs in again",
      "Redis のデータを失ったらクラスターを再構築し、全ユーザーを再認証する",
    ),
    source: "9.5.5",
  }),
  cacheFlushed: rf.commitment("RF-120", {
    says: text(
      "An inconsistent cache is flushed and filled again",
      "キャッシュの不整合はフラッシュして作り直す",
    ),
    source: "9.5.5",
  }),
};

export const drills = {
  tableTop: rf.commitment("RF-121", {
    says: text(
      "A table-top exercise takes place every quarter",
      "机上訓練（手順と役割分担の確認）を四半期ごとに行う",
    ),
    source: "9.5.6",
    value: days(92),
  }),
  failoverTest: rf.commitment("RF-122", {
    says: text(
      "A planned failover is tested every half-year",
      "Aurora と Redis の計画的フェイルオーバーを半期ごとに試験する",
    ),
    source: "9.5.6",
    value: days(183),
  }),
  restoreTest: rf.commitment("RF-123", {
    says: text(
      "Restoring to a point in time is tested every half-year",
      "バックアップからの PITR 復元を半期ごとに検証する",
    ),
    source: "9.5.6",
    value: days(183),
  }),
  regionExercise: rf.commitment("RF-124", {
    says: text("Switching the region is exercised every year", "DR リージョンへの切替訓練を年に一度行う"),
    source: "9.5.6",
    value: days(366),
  }),
};
