// RingiFlow 運用設計 8.3 to 8.7: data, cloud services, audit, keys, supply chain.
import { choice, days, text, years } from "@toban/definition";
import { rf } from "./register.ts";

export const data = {
  encryptedAtRest: rf.commitment("RF-027", {
    says: text(
      "Data at rest is encrypted with AES-256 by KMS",
      "保存データは KMS により AES-256 で暗号化する",
    ),
    source: "8.3",
    value: choice("aes-256-kms"),
    scope: "encryption.at-rest",
  }),
  encryptedInTransit: rf.commitment("RF-028", {
    says: text("Data in transit is encrypted with TLS 1.3", "転送中のデータは TLS 1.3 で暗号化する"),
    source: "8.3",
    value: choice("tls-1.3"),
    scope: "tls.transit",
  }),
  piiProtected: rf.commitment("RF-029", {
    says: text(
      "Personal data is masked or replaced by tokens",
      "個人情報はマスキングまたはトークン化して保護する",
    ),
    source: "8.3",
  }),
  backupsEncrypted: rf.commitment("RF-030", {
    says: text("Backups are encrypted with KMS", "バックアップは KMS で暗号化する"),
    source: "8.3",
  }),
};

export const cloudServices = {
  waf: rf.commitment("RF-031", {
    says: text(
      "AWS WAF blocks SQL injection, XSS, floods and bots",
      "AWS WAF で SQL インジェクション、XSS、DDoS、ボットを防ぐ",
    ),
    source: "8.4",
  }),
  shield: rf.commitment("RF-032", {
    says: text(
      "Shield Standard gives basic protection against floods",
      "Shield Standard で DDoS への基本的な防御を行う",
    ),
    source: "8.4",
  }),
  guardDuty: rf.commitment("RF-033", {
    says: text("GuardDuty detects threats", "GuardDuty で脅威を検出する"),
    source: "8.4",
  }),
  securityHub: rf.commitment("RF-034", {
    says: text(
      "Security Hub shows the security posture in one place",
      "Security Hub でセキュリティの状況をまとめて見る",
    ),
    source: "8.4",
  }),
  config: rf.commitment("RF-035", {
    says: text(
      "AWS Config tracks changes of configuration and their compliance",
      "AWS Config で構成の変更とコンプライアンスを追跡する",
    ),
    source: "8.4",
  }),
  cloudTrail: rf.commitment("RF-036", {
    says: text(
      "CloudTrail records what was done through the AWS API",
      "CloudTrail で AWS API の操作を記録する",
    ),
    source: "8.4",
  }),
  inspector: rf.commitment("RF-037", {
    says: text("Amazon Inspector scans for vulnerabilities", "Amazon Inspector で脆弱性を検査する"),
    source: "8.4",
  }),
  secretsManager: rf.commitment("RF-038", {
    says: text("Secrets are managed by Secrets Manager", "シークレットは Secrets Manager で管理する"),
    source: "8.4",
  }),
  kms: rf.commitment("RF-039", {
    says: text("Encryption keys are managed by KMS", "暗号化キーは KMS で管理する"),
    source: "8.4",
  }),
};

export const auditLog = {
  authenticationKept: rf.commitment("RF-040", {
    says: text(
      "The authentication log is kept for 1 year",
      "認証ログ（ログイン、ログアウト、MFA、パスワード変更）を 1 年間保持する",
    ),
    source: "8.5",
    value: years(1),
    comparator: "at-least",
    scope: "retention.audit.authentication",
  }),
  operationKept: rf.commitment("RF-041", {
    says: text(
      "The log of created, changed and deleted data is kept for 1 year",
      "操作ログ（データの作成・更新・削除）を 1 年間保持する",
    ),
    source: "8.5",
    value: years(1),
    comparator: "at-least",
    scope: "retention.audit.operation",
  }),
  administrationKept: rf.commitment("RF-042", {
    says: text(
      "The administration log is kept for 3 years",
      "管理ログ（ユーザー管理、権限変更、システム設定変更）を 3 年間保持する",
    ),
    source: "8.5",
    value: years(3),
    comparator: "at-least",
    scope: "retention.audit.administration",
  }),
  accessKept: rf.commitment("RF-043", {
    says: text(
      "The API access log is kept for 90 days",
      "アクセスログ（API アクセス履歴）を 90 日間保持する",
    ),
    source: "8.5",
    value: days(90),
    comparator: "at-least",
    scope: "retention.audit.access",
  }),
  reconstructable: rf.commitment("RF-044", {
    says: text(
      "The audit log tells who did what, when, in which tenant, and how it ended",
      "監査ログから「誰が・いつ・どのテナントで・何を・結果どうなったか」を再現できる",
    ),
    source: "8.5",
  }),
  recordFields: rf.commitment("RF-045", {
    says: text(
      "An audit record names time, tenant, actor, action, resource, result, correlation and source address",
      "監査ログは ts・tenantId・actorId・action・resource・result・correlationId・sourceIp（取得できる場合）を必ず含む",
    ),
    source: "8.5",
  }),
  permissionAlerts: rf.commitment("RF-046", {
    says: text(
      "Changes of permissions also raise an alert",
      "ロールの付与・剥奪や管理者への昇格は、記録に加えてアラートの対象とする",
    ),
    source: "8.5",
  }),
  authenticationAlerts: rf.commitment("RF-047", {
    says: text(
      "A surge of failed sign-ins and a change of MFA also raise an alert",
      "ログイン失敗の急増と MFA の変更は、記録に加えてアラートの対象とする",
    ),
    source: "8.5",
  }),
  readingRestricted: rf.commitment("RF-048", {
    says: text("As few people as possible may read audit logs", "監査ログの閲覧権限は最小限に絞る"),
    source: "8.5",
  }),
  appendOnly: rf.commitment("RF-049", {
    says: text(
      "Audit logs only ever grow, on tamper-resistant long-term storage",
      "監査ログは改ざんと削除を防ぐため、追記専用のストレージに長期保管する",
    ),
    source: "8.5",
  }),
};

export const secrets = {
  keysPerEnvironment: rf.commitment("RF-050", {
    says: text(
      "Each environment has an encryption key of its own",
      "暗号鍵は環境（dev/stg/prod）ごとに分ける",
    ),
    source: "8.6",
  }),
  keysRotate: rf.commitment("RF-051", {
    says: text(
      "Encryption keys rotate by themselves, and no application pins a key",
      "CMK の自動ローテーションを有効にし、アプリケーションは特定のキー ID に依存しない",
    ),
    source: "8.6",
  }),
  credentialsRotate: rf.commitment("RF-052", {
    says: text(
      "Database credentials and external API keys can be rotated on a schedule",
      "DB の認証情報と外部 API キーは定期的にローテーションできる",
    ),
    source: "8.6",
  }),
  secretsPerRole: rf.commitment("RF-053", {
    says: text(
      "Each task role may read only its own secrets",
      "シークレットの参照権限はタスクロール単位に限る",
    ),
    source: "8.6",
  }),
  rotationRunbook: rf.commitment("RF-054", {
    says: text(
      "A runbook keeps business going when a rotation fails",
      "ローテーションに失敗しても業務影響を抑える切り戻し・二重稼働の Runbook を備える",
    ),
    source: "8.6",
  }),
  secretsNeverLogged: rf.commitment("RF-055", {
    says: text(
      "Secrets never appear in logs, traces or metrics, not even in errors",
      "シークレットはログ・トレース・メトリクスに出力せず、例外時にもマスキングする",
    ),
    source: "8.6",
  }),
};

export const supplyChain = {
  dependencyScan: rf.commitment("RF-056", {
    says: text(
      "CI scans dependencies and containers and blocks above a threshold",
      "CI で依存関係とコンテナの脆弱性を継続的に検査し、閾値を超えたらブロックする",
    ),
    source: "8.7",
  }),
  sbom: rf.commitment("RF-057", {
    says: text("Each release has an SBOM that is kept", "リリースごとに SBOM を生成して保管する"),
    source: "8.7",
  }),
  signedImages: rf.commitment("RF-058", {
    says: text(
      "Container images are signed and the signature is verified",
      "コンテナイメージに署名し、検証する",
    ),
    source: "8.7",
  }),
  dast: rf.commitment("RF-059", {
    says: text(
      "Staging is scanned dynamically on a schedule",
      "ステージングに対して DAST を定期的に実行する",
    ),
    source: "8.7",
  }),
  vulnerabilitySla: rf.commitment("RF-060", {
    says: text(
      "Handling a vulnerability has due times from finding to release",
      "脆弱性の優先度付け・修正・リリースまでの運用 SLA を定める",
    ),
    source: "8.7",
  }),
  vulnerabilityFixTimes: rf.commitment("RF-061", {
    says: text(
      "Critical vulnerabilities are fixed within 7 days, high ones within 30",
      "脆弱性は Critical を 7 日以内、High を 30 日以内に修正する",
    ),
    source: "8.7",
  }),
};
/** Further numbers of RF-061. */
export const vulnerabilityDue = rf.parts("RF-061", { critical: days(7), high: days(30) });
