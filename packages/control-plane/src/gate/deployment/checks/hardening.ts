import { checks } from "../../check.ts";
import { compose, deployment, dockerfile, ecs } from "./examples.ts";

/** What an instance may do to its host and to others, and what is seen of it. */
export const HARDENING = checks({
  runsAsRoot: {
    code: "deployment/runs-as-root",
    severity: "warn",
    commitments: ["GL-018"],
    title: { en: "Runs as root", ja: "root で動く" },
    why: {
      en: "A hole in the program becomes a hole in the container and, with a kernel bug, in the host.",
      ja: "プログラムの欠陥がコンテナ全体の、さらにカーネルの欠陥と合わさればホストの欠陥になる。",
    },
    reason: { en: "`{name}` runs as root.", ja: "`{name}` は root で動く。" },
    remedy: {
      en: "Set USER, or runAsNonRoot: true with a user id.",
      ja: "USER を、または runAsNonRoot: true とユーザー ID を設定する。",
    },
    bad: { Dockerfile: 'FROM node:22.11.0-slim\nCMD ["node", "server.js"]\n' },
    good: dockerfile(),
  },
  privileged: {
    code: "deployment/privileged",
    severity: "block",
    commitments: ["GL-018", "INV-007"],
    title: { en: "Container with the host's powers", ja: "ホストの権限を持つコンテナ" },
    why: {
      en: "It can read and stop everything on the machine, the other tenants included.",
      ja: "他のテナントを含め、そのマシンのすべてを読み、止めることができる。",
    },
    reason: { en: "`{name}` gets `{setting}`.", ja: "`{name}` に `{setting}` が与えられている。" },
    remedy: {
      en: "Remove it; add single capabilities where they are needed.",
      ja: "取り除き、必要な capability だけを加える。",
    },
    bad: deployment({ container: ["securityContext: { privileged: true }"] }),
    good: deployment({
      container: ["securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true }"],
    }),
  },
  runtimeSocket: {
    code: "deployment/runtime-socket",
    severity: "block",
    commitments: ["GL-018"],
    title: { en: "Container runtime's socket mounted", ja: "コンテナランタイムのソケットをマウント" },
    why: {
      en: "Whoever can write to the socket is root on the host.",
      ja: "ソケットに書き込める者は、ホストの root と同じである。",
    },
    reason: { en: "`{name}` mounts `{path}`.", ja: "`{name}` は `{path}` をマウントする。" },
    remedy: {
      en: "Remove the mount; build with a rootless builder, watch through a filtering proxy.",
      ja: "マウントをやめ、ビルドは rootless のビルダー、監視は絞り込んだプロキシで行う。",
    },
    bad: compose(["volumes: [/var/run/docker.sock:/var/run/docker.sock]"]),
    good: compose(),
  },
  noMemoryLimit: {
    code: "deployment/no-memory-limit",
    severity: "warn",
    commitments: ["INV-007"],
    title: { en: "No memory limit", ja: "メモリの上限がない" },
    why: {
      en: "One leak takes the memory of the node, and its neighbours die with it.",
      ja: "一つのメモリリークがノードのメモリを使い切り、隣のコンテナも巻き添えになる。",
    },
    reason: { en: "`{name}` has no memory limit.", ja: "`{name}` にメモリの上限がない。" },
    remedy: {
      en: "Set resources.requests and resources.limits.memory.",
      ja: "resources.requests と resources.limits.memory を設定する。",
    },
    bad: deployment(),
    good: deployment({
      container: ["resources: { requests: { cpu: 100m, memory: 256Mi }, limits: { memory: 256Mi } }"],
    }),
  },
  publicStore: {
    code: "deployment/public-datastore",
    severity: "block",
    commitments: ["GL-022", "GL-024"],
    title: { en: "Datastore open to the network", ja: "外部に開かれたデータストア" },
    why: {
      en: "Databases on public addresses are found and tried within hours.",
      ja: "公開アドレスのデータベースは、数時間のうちに見つけられ攻撃される。",
    },
    reason: {
      en: "`{name}` publishes port {port} beyond the host or cluster.",
      ja: "`{name}` はポート {port} をホストやクラスターの外に公開する。",
    },
    remedy: {
      en: "Keep it internal (ClusterIP, expose, 127.0.0.1:), and reach it through the application's network.",
      ja: "内部に留め（ClusterIP、expose、127.0.0.1:）、アプリケーションのネットワークから接続する。",
    },
    bad: "apiVersion: v1\nkind: Service\nmetadata: { name: postgres }\nspec:\n  type: LoadBalancer\n  selector: { app: postgres }\n  ports: [{ port: 5432 }]\n",
    good: "apiVersion: v1\nkind: Service\nmetadata: { name: postgres }\nspec:\n  selector: { app: postgres }\n  ports: [{ port: 5432 }]\n",
  },
  debugInProduction: {
    code: "deployment/debug-setting",
    severity: "warn",
    commitments: ["INV-026", "RF-055"],
    title: { en: "Debug or development setting", ja: "デバッグ・開発用の設定" },
    why: {
      en: "Debug modes show stack traces, secrets and consoles to users, and slow everything down.",
      ja: "デバッグモードはスタックトレース・秘密情報・コンソールを利用者に見せ、全体を遅くする。",
    },
    reason: {
      en: "`{name}={value}` is a setting for development.",
      ja: "`{name}={value}` は開発用の設定である。",
    },
    remedy: { en: "Set the value for production.", ja: "本番用の値にする。" },
    bad: compose(["environment: { NODE_ENV: development }"]),
    good: compose(["environment: { NODE_ENV: production }"]),
  },
  developmentServer: {
    code: "deployment/development-server",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-005"],
    title: { en: "Development server", ja: "開発用サーバー" },
    why: {
      en: "It compiles or watches at run time, serves few users, shows its internals and does not stop gracefully.",
      ja: "実行時にコンパイルや監視を行い、多くの利用者を捌けず、内部を見せ、正常に停止しない。",
    },
    reason: {
      en: "`{command}` starts a server for development.",
      ja: "`{command}` は開発用サーバーを起動する。",
    },
    remedy: {
      en: "Build beforehand and start the production server.",
      ja: "事前にビルドし、本番用サーバーを起動する。",
    },
    bad: dockerfile([], 'CMD ["npx", "nodemon", "server.js"]'),
    good: dockerfile(),
  },
  noTls: {
    code: "deployment/ingress-without-tls",
    severity: "warn",
    commitments: ["GL-015", "PD-091"],
    title: { en: "Ingress without TLS", ja: "TLS のない Ingress" },
    why: {
      en: "Sessions and personal data travel readable.",
      ja: "セッションと個人データが読める形で流れる。",
    },
    reason: { en: "The Ingress `{name}` has no tls section.", ja: "Ingress `{name}` に tls がない。" },
    remedy: {
      en: "Add tls with a certificate, and redirect HTTP.",
      ja: "証明書とともに tls を加え、HTTP は転送する。",
    },
    bad: "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec:\n  rules: [{ host: app.example.com }]\n",
    good: "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec:\n  tls: [{ hosts: [app.example.com], secretName: web-tls }]\n  rules: [{ host: app.example.com }]\n",
  },
  logsDiscarded: {
    code: "deployment/logs-discarded",
    severity: "block",
    commitments: ["INV-OPS-005", "INV-027", "INV-028", "GL-053"],
    title: { en: "Logs thrown away", ja: "ログを捨てている" },
    why: {
      en: "After a failure nobody can say what happened.",
      ja: "障害の後に、何が起きたかを誰も説明できない。",
    },
    reason: { en: "`{name}` throws its logs away.", ja: "`{name}` はログを捨てている。" },
    remedy: {
      en: "Send them to a driver that keeps them (awslogs, json-file with rotation, an agent).",
      ja: "保存するドライバー（awslogs、ローテーション付きの json-file、エージェント）に送る。",
    },
    bad: compose(["logging: { driver: none }"]),
    good: compose(["logging: { driver: json-file, options: { max-size: 10m, max-file: '5' } }"]),
  },
  noLogConfiguration: {
    code: "deployment/no-log-configuration",
    severity: "warn",
    commitments: ["INV-OPS-005", "PD-067", "GL-053"],
    title: { en: "Logs go nowhere", ja: "ログの送り先がない" },
    why: {
      en: "An ECS task without logConfiguration leaves no log that survives it.",
      ja: "logConfiguration のない ECS タスクは、終了後に残るログがない。",
    },
    reason: { en: "`{name}` has no logConfiguration.", ja: "`{name}` に logConfiguration がない。" },
    remedy: {
      en: "Add logConfiguration (awslogs or awsfirelens).",
      ja: "logConfiguration（awslogs か awsfirelens）を加える。",
    },
    bad: ecs(),
    good: ecs({
      container: [
        'HealthCheck: { Command: ["CMD-SHELL", "curl -f http://localhost:8080/ready || exit 1"] }',
        "LogConfiguration: { LogDriver: awslogs, Options: { awslogs-group: /ecs/api } }",
      ],
    }),
  },
});
