import { checks } from "../../check.ts";
import { compose, deployment } from "./examples.ts";

const PDB = (line: string) =>
  `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: api }\nspec:\n  ${line}\n  selector: { matchLabels: { app: api } }\n`;

/** What keeps a service answering while parts of it restart. */
export const AVAILABILITY = checks({
  singleReplica: {
    code: "deployment/single-replica",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-007", "INV-005"],
    title: { en: "Single replica", ja: "レプリカが一つだけ" },
    why: {
      en: "With one instance every restart, node drain and failed start is an outage of the whole service.",
      ja: "インスタンスが一つでは、再起動・ノードの退避・起動の失敗のたびにサービス全体が止まる。",
    },
    reason: {
      en: "`{name}` runs {count} instance(s); a restart stops the whole service.",
      ja: "`{name}` のインスタンスは {count} 個で、再起動するとサービス全体が止まる。",
    },
    remedy: {
      en: "Run at least two replicas (or an autoscaler with a minimum of two). What must run exactly once: name it in the setting `deployment.singletons`.",
      ja: "レプリカを二つ以上にする（またはオートスケーラーの最小値を二以上にする）。必ず一つで動かすものは設定 `deployment.singletons` に名前を書く。",
    },
    bad: deployment({ replicas: 1 }),
    good: deployment({ replicas: 2 }),
  },
  barePod: {
    code: "deployment/bare-pod",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-005", "INV-007"],
    title: { en: "Pod without a controller", ja: "コントローラーのない Pod" },
    why: {
      en: "Nothing starts a bare Pod again when its node is drained or dies.",
      ja: "ノードが退避・故障したとき、単独の Pod を起動し直すものがない。",
    },
    reason: {
      en: "The Pod `{name}` has no controller that would start it again.",
      ja: "Pod `{name}` を起動し直すコントローラーがない。",
    },
    remedy: {
      en: "Write a Deployment, StatefulSet or Job.",
      ja: "Deployment・StatefulSet・Job として書く。",
    },
    bad: "apiVersion: v1\nkind: Pod\nmetadata: { name: api }\nspec:\n  containers:\n    - name: api\n      image: ghcr.io/acme/api:1.4.2\n",
    good: deployment(),
  },
  noHealthCheck: {
    code: "deployment/no-health-check",
    severity: "block",
    commitments: ["INV-OPS-001", "RF-147", "RF-153"],
    title: { en: "No health check", ja: "ヘルスチェックがない" },
    why: {
      en: "Without one, traffic reaches instances that cannot answer yet, and a broken release is never noticed nor rolled back.",
      ja: "ヘルスチェックがないと、まだ応答できないインスタンスに通信が届き、壊れたリリースに気づけず自動で戻せない。",
    },
    reason: { en: "`{name}` has no {probe}.", ja: "`{name}` に {probe} がない。" },
    remedy: {
      en: "Add a check that says when the instance can serve (readinessProbe, healthCheck, healthcheck, HEALTHCHECK).",
      ja: "応答できる状態を示す検査（readinessProbe、healthCheck、healthcheck、HEALTHCHECK）を加える。",
    },
    bad: deployment({ readiness: false }),
    good: deployment(),
  },
  emptyHealthCheck: {
    code: "deployment/empty-health-check",
    severity: "block",
    commitments: ["INV-OPS-001", "RF-147", "RF-153"],
    title: { en: "Health check that cannot fail", ja: "失敗しないヘルスチェック" },
    why: {
      en: "A check that is disabled or always succeeds hides a broken instance behind a green sign.",
      ja: "無効化された、または常に成功する検査は、壊れたインスタンスを正常に見せる。",
    },
    reason: {
      en: "The health check of `{name}` is switched off or always succeeds.",
      ja: "`{name}` のヘルスチェックは無効か、常に成功する。",
    },
    remedy: {
      en: "Ask the process itself, and let the check fail with it.",
      ja: "プロセス自身に問い合わせ、異常なら失敗する検査にする。",
    },
    bad: {
      "compose.yaml":
        "services:\n  api:\n    image: ghcr.io/acme/api:1.4.2\n    restart: always\n    healthcheck:\n      disable: true\n",
    },
    good: compose(),
  },
  noLiveness: {
    code: "deployment/no-liveness-probe",
    severity: "warn",
    commitments: ["INV-OPS-001", "INV-005"],
    title: { en: "No liveness probe", ja: "livenessProbe がない" },
    why: {
      en: "A process that hangs without exiting stays out of service until a person restarts it.",
      ja: "終了せずに固まったプロセスは、人が再起動するまで復帰しない。",
    },
    reason: { en: "`{name}` has no livenessProbe.", ja: "`{name}` に livenessProbe がない。" },
    remedy: {
      en: "Add a livenessProbe that asks only the process, never its dependencies.",
      ja: "依存先ではなくプロセスだけを確かめる livenessProbe を加える。",
    },
    bad: deployment(),
    good: deployment({ container: ["livenessProbe: { httpGet: { path: /live, port: 8080 } }"] }),
  },
  sameProbe: {
    code: "deployment/same-probes",
    severity: "info",
    commitments: ["INV-OPS-001"],
    title: { en: "Liveness asks the same as readiness", ja: "liveness と readiness が同じ検査" },
    why: {
      en: "When the shared check touches a dependency, its outage restarts every pod at once.",
      ja: "共通の検査が依存先に触れる場合、依存先の障害で全 Pod が一斉に再起動する。",
    },
    reason: {
      en: "`{name}` uses one and the same check for both probes.",
      ja: "`{name}` は両方のプローブで同じ検査を使っている。",
    },
    remedy: {
      en: "Let liveness ask the process alone, readiness its dependencies.",
      ja: "liveness はプロセスだけ、readiness は依存先を確かめる。",
    },
    bad: deployment({ container: ["livenessProbe: { httpGet: { path: /ready, port: 8080 } }"] }),
    good: deployment({ container: ["livenessProbe: { httpGet: { path: /live, port: 8080 } }"] }),
  },
  pdbBlocks: {
    code: "deployment/disruption-budget-blocks",
    severity: "warn",
    commitments: ["INV-OPS-001", "INV-005"],
    title: { en: "Disruption budget that allows nothing", ja: "退避を一切許さない PodDisruptionBudget" },
    why: {
      en: "No node can be drained, so the next upgrade of the cluster stands still or is forced.",
      ja: "ノードを退避できず、クラスターの更新が止まるか強制されることになる。",
    },
    reason: { en: "The budget `{name}` never lets a pod go.", ja: "`{name}` は Pod の退避を一切許さない。" },
    remedy: {
      en: "Allow at least one: maxUnavailable: 1.",
      ja: "少なくとも一つは許す（maxUnavailable: 1）。",
    },
    bad: PDB("maxUnavailable: 0"),
    good: PDB("maxUnavailable: 1"),
  },
  noDisruptionBudget: {
    code: "deployment/no-disruption-budget",
    severity: "info",
    commitments: ["INV-OPS-001", "INV-007"],
    title: { en: "No disruption budget", ja: "PodDisruptionBudget がない" },
    why: {
      en: "When nodes are drained together, all replicas may go at once.",
      ja: "複数のノードを同時に退避すると、全レプリカが一度に止まりうる。",
    },
    reason: {
      en: "No PodDisruptionBudget in this set covers `{name}`.",
      ja: "`{name}` を対象とする PodDisruptionBudget がこの中にない。",
    },
    remedy: {
      en: "Add a PodDisruptionBudget with maxUnavailable: 1.",
      ja: "maxUnavailable: 1 の PodDisruptionBudget を加える。",
    },
    bad: deployment(),
    good: `${deployment()}---\n${PDB("maxUnavailable: 1")}`,
  },
  noRestart: {
    code: "deployment/no-restart-policy",
    severity: "warn",
    commitments: ["INV-OPS-001", "INV-005"],
    title: { en: "Not started again after a crash", ja: "異常終了後に再起動しない" },
    why: {
      en: "The default is not to restart: after a crash or a reboot of the host the service stays down.",
      ja: "既定では再起動しないため、異常終了やホストの再起動の後は止まったままになる。",
    },
    reason: { en: "`{name}` is not started again after it ends.", ja: "`{name}` は終了後に再起動されない。" },
    remedy: {
      en: "Set restart: unless-stopped (systemd: Restart=on-failure).",
      ja: "restart: unless-stopped（systemd では Restart=on-failure）を設定する。",
    },
    bad: {
      "compose.yaml": "services:\n  api:\n    image: ghcr.io/acme/api:1.4.2\n    ports: ['8080:8080']\n",
    },
    good: compose(),
  },
});
