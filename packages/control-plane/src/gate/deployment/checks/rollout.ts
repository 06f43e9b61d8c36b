import { checks } from "../../check.ts";
import { deployment, dockerfile, ecs, workflow } from "./examples.ts";

/** How one version replaces another, and how it goes back. */
export const ROLLOUT = checks({
  recreate: {
    code: "deployment/recreate-strategy",
    severity: "block",
    commitments: ["INV-OPS-003", "INV-017", "RF-151", "GL-040"],
    title: { en: "Old version stopped before the new one runs", ja: "新版が動く前に旧版を止める" },
    why: {
      en: "Recreate ends every pod first: each deployment is an outage, and a version that does not start leaves nothing running.",
      ja: "Recreate は先に全 Pod を止める。デプロイのたびに停止し、新版が起動しなければ何も残らない。",
    },
    reason: {
      en: "`{name}` is deployed with the strategy Recreate.",
      ja: "`{name}` は Recreate 戦略でデプロイされる。",
    },
    remedy: {
      en: "Use RollingUpdate with maxUnavailable: 0, or blue/green.",
      ja: "maxUnavailable: 0 の RollingUpdate か、ブルーグリーンを使う。",
    },
    bad: deployment({ spec: ["strategy: { type: Recreate }"] }),
    good: deployment({
      spec: ["strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }"],
    }),
  },
  allAtOnce: {
    code: "deployment/all-at-once",
    severity: "block",
    commitments: ["INV-OPS-003", "INV-017", "RF-154", "GL-040"],
    title: { en: "All instances replaced at once", ja: "全インスタンスを一度に入れ替える" },
    why: {
      en: "When every instance may be down at the same time, a rolling update is no better than a stop.",
      ja: "全インスタンスが同時に止まってよいなら、ローリング更新も停止と変わらない。",
    },
    reason: {
      en: "`{name}` may lose all of its instances during a deployment ({setting}).",
      ja: "`{name}` はデプロイ中に全インスタンスを失いうる（{setting}）。",
    },
    remedy: {
      en: "Keep at least half running; best all (maxUnavailable: 0, minimumHealthyPercent: 100).",
      ja: "少なくとも半数、できれば全数を動かし続ける（maxUnavailable: 0、minimumHealthyPercent: 100）。",
    },
    bad: deployment({ spec: ["strategy: { rollingUpdate: { maxUnavailable: 100% } }"] }),
    good: deployment({ spec: ["strategy: { rollingUpdate: { maxUnavailable: 25% } }"] }),
  },
  noRollback: {
    code: "deployment/no-rollback",
    severity: "block",
    commitments: ["INV-OPS-003", "RF-153", "PD-039", "GL-041"],
    title: { en: "No way back", ja: "元に戻す手段がない" },
    why: {
      en: "When a release fails, its predecessor must come back by itself and at once; here it is not kept or not restored.",
      ja: "リリースが失敗したら前の版に自動で直ちに戻る必要があるが、ここでは前の版が残らないか戻されない。",
    },
    reason: {
      en: "`{name}` does not go back when a deployment fails: {setting}.",
      ja: "`{name}` はデプロイに失敗しても戻らない: {setting}",
    },
    remedy: {
      en: "Keep a history (revisionHistoryLimit ≥ 2); ECS: deploymentCircuitBreaker with enable and rollback; Swarm: failure_action: rollback.",
      ja: "履歴を残す（revisionHistoryLimit は 2 以上）。ECS では deploymentCircuitBreaker の enable と rollback、Swarm では failure_action: rollback を設定する。",
    },
    bad: ecs({ deployment: ["MinimumHealthyPercent: 100"] }),
    good: ecs(),
  },
  deleteThenApply: {
    code: "deployment/delete-then-apply",
    severity: "block",
    commitments: ["INV-OPS-003", "INV-017", "GL-040"],
    title: { en: "Deleted before it is created again", ja: "削除してから作り直す" },
    why: {
      en: "Between the two commands nothing runs, and the revision to go back to is deleted as well.",
      ja: "二つのコマンドの間は何も動いておらず、戻り先の版も一緒に消える。",
    },
    reason: {
      en: "`{command}` takes the running version away before the new one is there.",
      ja: "`{command}` は新版ができる前に動いている版を取り除く。",
    },
    remedy: {
      en: "Apply over what runs (kubectl apply, helm upgrade --atomic).",
      ja: "動いているものに上書きで適用する（kubectl apply、helm upgrade --atomic）。",
    },
    bad: workflow(["- run: kubectl delete deployment api -n staging && kubectl apply -n staging -f k8s/"]),
    good: workflow([
      "- run: kubectl apply -n staging -f k8s/ && kubectl rollout status -n staging deployment/api",
    ]),
  },
  migrateOnStart: {
    code: "deployment/migrate-on-start",
    severity: "warn",
    commitments: ["INV-OPS-003", "INV-OPS-002", "GL-042"],
    title: {
      en: "Each replica migrates the schema when it starts",
      ja: "レプリカごとに起動時にスキーマを変更する",
    },
    why: {
      en: "Replicas race for the same migration, a restart at peak runs DDL, and a failed migration becomes a crash loop.",
      ja: "レプリカが同じマイグレーションを奪い合い、混雑時の再起動で DDL が走り、失敗すると再起動を繰り返す。",
    },
    reason: {
      en: "`{command}` migrates and then serves.",
      ja: "`{command}` はマイグレーションの後にサービスを始める。",
    },
    remedy: {
      en: "Run the migration once, as a step of the deployment before the rollout.",
      ja: "マイグレーションは、デプロイの一工程として展開の前に一度だけ行う。",
    },
    bad: dockerfile([], 'CMD ["sh", "-c", "npx prisma migrate deploy && exec node server.js"]'),
    good: dockerfile(),
  },
});
