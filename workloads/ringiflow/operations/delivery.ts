// RingiFlow 運用設計 10: development and deployment.
import { choice, percent, seconds, steps, text } from "@toban/definition";
import { rf } from "./register.ts";

export const repository = {
  gitHubFlow: rf.commitment("RF-125", {
    says: text(
      "Source lives on GitHub and follows GitHub Flow",
      "ソースは GitHub に置き、GitHub Flow で開発する",
    ),
    source: "10.1",
  }),
  mainProtected: rf.commitment("RF-126", {
    says: text(
      "The main branch needs a review and passing CI",
      "main ブランチはレビューと CI の成功を必須として保護する",
    ),
    source: "10.1",
  }),
  signedCommits: rf.commitment("RF-127", {
    says: text("Commits are signed", "コミットには署名を付ける"),
    source: "10.1",
  }),
  layout: rf.commitment("RF-128", {
    says: text(
      "The repository keeps the agreed layout",
      "リポジトリは定めた構成（apps、packages、infra、docs、tools）に従う",
    ),
    source: "10.1.1",
  }),
  independentDeployment: rf.commitment("RF-129", {
    says: text(
      "BFF and Core Service are deployed independently across an explicit boundary",
      "BFF と Core Service は独立したサービスとして分離し、境界を明確にする",
    ),
    source: "10.1.1",
  }),
  batchPlacement: rf.commitment("RF-130", {
    says: text(
      "Batch code lives with the Core Service, its resources with the infrastructure",
      "バッチ処理のコードは core-service に、関数やタスクの定義は infra に置く",
    ),
    source: "10.1.1",
  }),
  branchNames: rf.commitment("RF-131", {
    says: text(
      "Branches are named feature/ or hotfix/ with ticket and description",
      "ブランチ名は feature/<ticket>-<description> または hotfix/<ticket>-<description> とする",
    ),
    source: "10.2",
  }),
};

export const pipeline = {
  tools: rf.commitment("RF-132", {
    says: text(
      "CI, CD, registry and infrastructure run on the agreed tools",
      "CI・CD・レジストリ・IaC には定めたツールを使う",
    ),
    source: "10.3.1",
  }),
  triggers: rf.commitment("RF-133", {
    says: text(
      "CI runs on pushes and pull requests to main",
      "CI は main への push と pull request で実行する",
    ),
    source: "10.3.2",
  }),
  lint: rf.commitment("RF-134", {
    says: text(
      "CI checks format, static analysis, licences and vulnerabilities",
      "CI でフォーマット、静的解析、ライセンスと脆弱性を確認する",
    ),
    source: "10.3.2",
  }),
  tests: rf.commitment("RF-135", {
    says: text("CI runs unit and integration tests", "CI で単体テストと結合テストを実行する"),
    source: "10.3.2",
  }),
  coverage: rf.commitment("RF-136", {
    says: text("At least 80 % of the lines are covered by tests", "行カバレッジを 80 % 以上に保つ"),
    source: "10.3.2",
    value: percent(80),
    comparator: "at-least",
    scope: "coverage.lines/ringiflow",
  }),
  securityScan: rf.commitment("RF-137", {
    says: text("CI audits dependencies and scans containers", "CI で依存関係の監査とコンテナの検査を行う"),
    source: "10.3.2",
  }),
  imageBuild: rf.commitment("RF-138", {
    says: text(
      "CI builds the release and pushes its image",
      "CI でリリースビルドを行い、イメージをレジストリへ送る",
    ),
    source: "10.3.2",
  }),
  apiContract: rf.commitment("RF-139", {
    says: text(
      "CI verifies that BFF and Core Service agree on their API; a break blocks",
      "BFF と Core Service の API 契約の互換性を CI で検証し、失敗したらブロックする",
    ),
    source: "10.3.2.1",
  }),
  eventContract: rf.commitment("RF-140", {
    says: text(
      "CI verifies that events and notifications stay compatible; a break blocks",
      "イベント・通知の契約の互換性を CI で検証し、失敗したらブロックする",
    ),
    source: "10.3.2.1",
  }),
  breakingChanges: rf.commitment("RF-141", {
    says: text(
      "A breaking change needs a compatibility period, a staged release and a rollback plan",
      "契約の破壊的変更は、互換期間・段階リリース・ロールバック手順がそろわない限り禁止する",
    ),
    source: "10.3.2.1",
  }),
  mainPaths: rf.commitment("RF-142", {
    says: text("Integration tests cover the main paths", "主要パスを結合テストで確認する"),
    source: "10.3.2.1",
  }),
  faultInjection: rf.commitment("RF-143", {
    says: text(
      "Timeouts of identity provider, database and queue are injected in tests",
      "IdP・DB・キューのタイムアウトを注入するテストを行う",
    ),
    source: "10.3.2.1",
  }),
  unrecoverableBlocks: rf.commitment("RF-144", {
    says: text(
      "A process that stops, retries for ever or loses logs blocks the release",
      "プロセス停止・無限リトライ・ログ欠落など回復不能な結果を検出したらブロックする",
    ),
    source: "10.3.2.1",
  }),
  missingSbomBlocks: rf.commitment("RF-145", {
    says: text(
      "A missing SBOM or an exceeded scan threshold blocks the release",
      "SBOM がない、または脆弱性の閾値を満たさないときはブロックする",
    ),
    source: "10.3.2.1",
  }),
};

export const delivery = {
  pipelineOrder: rf.commitment("RF-146", {
    says: text(
      "A change goes from source through build to development, staging and, once approved, production",
      "変更はソース、ビルド、開発、ステージング、承認ののち本番の順に進む",
    ),
    source: "10.3.3",
  }),
  healthDecides: rf.commitment("RF-147", {
    says: text(
      "Traffic switches when the health check passes, and rolls back when it fails",
      "ヘルスチェックが成功すればトラフィックを切り替え、失敗すればロールバックする",
    ),
    source: "10.3.3",
  }),
  developmentApproval: rf.commitment("RF-148", {
    says: text("Development deploys at any time without approval", "開発環境は承認なしで随時デプロイする"),
    source: "10.4",
    value: choice("none"),
    scope: "approval.development",
  }),
  stagingApproval: rf.commitment("RF-149", {
    says: text(
      "Staging deploys by itself when a pull request is merged",
      "ステージング環境は PR のマージ時に自動でデプロイする",
    ),
    source: "10.4",
    value: choice("automatic"),
    scope: "approval.staging",
  }),
  productionApproval: rf.commitment("RF-150", {
    says: text(
      "Production deploys on a release, and a person has to approve",
      "本番環境はリリース時に、手動の承認を必須としてデプロイする",
    ),
    source: "10.4",
    value: choice("manual"),
    scope: "approval.production",
  }),
  strategy: rf.commitment("RF-151", {
    says: text("Deployment is blue/green", "デプロイは Blue/Green 方式で行う"),
    source: "10.5",
    value: choice("blue-green"),
  }),
  stability: rf.commitment("RF-152", {
    says: text(
      "A started version has to stay healthy for 60 seconds",
      "起動後 60 秒間、安定していることを確認する",
    ),
    source: "10.5",
    value: seconds(60),
    comparator: "at-least",
    scope: "rollout.stability",
  }),
  automaticRollback: rf.commitment("RF-153", {
    says: text(
      "A failed health check rolls back without anybody's help",
      "ヘルスチェックに失敗したら自動でロールバックする",
    ),
    source: "10.5",
    value: choice("on"),
    scope: "rollout.rollback",
  }),
  steps: rf.commitment("RF-154", {
    says: text(
      "Traffic shifts in steps of 10, 50 and 100 %",
      "トラフィックは 10 %、50 %、100 % と段階的に移す",
    ),
    source: "10.5",
    value: steps(10, 50, 100),
    scope: "rollout.steps",
  }),
  migrationsCompatible: rf.commitment("RF-155", {
    says: text(
      "Database migrations are backward compatible",
      "DB マイグレーションを含む変更は後方互換とする",
    ),
    source: "10.5",
  }),
  expandContract: rf.commitment("RF-156", {
    says: text(
      "Schemas expand first and contract later, and both versions run consistently in between",
      "スキーマは Expand/Contract で変更し、新旧の版が同時に動いても整合性を保つ",
    ),
    source: "10.5",
  }),
  rollbackSafe: rf.commitment("RF-157", {
    says: text(
      "A schema change that breaks rollback needs two releases",
      "ロールバックを壊すスキーマ変更は、事前の二段階リリースがない限り禁止する",
    ),
    source: "10.5",
  }),
  accidentRunbook: rf.commitment("RF-158", {
    says: text(
      "A runbook covers rollback, stopping by feature flag, and replay",
      "ロールバック、機能フラグでの停止、イベントの再処理・再投影の手順を Runbook として備える",
    ),
    source: "10.5",
  }),
};
