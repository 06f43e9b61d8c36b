import { checks } from "../../check.ts";
import { compose, deployment } from "./examples.ts";

const VOLUME = (volume: string, path: string) => ({
  pod: [`volumes: [{ name: state, ${volume} }]`],
  container: [`volumeMounts: [{ name: state, mountPath: ${path} }]`],
});

const PVC = (mode: string) =>
  `---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: uploads }\nspec:\n  accessModes: [${mode}]\n  resources: { requests: { storage: 5Gi } }\n`;

const DB = (lines: string) =>
  `services:\n  db:\n    image: postgres:18.1\n    restart: unless-stopped\n    environment: { POSTGRES_PASSWORD_FILE: /run/secrets/db }\n    healthcheck: { test: ["CMD", "pg_isready"] }\n${lines}`;

/** Where the truth is kept, and whether it survives the machine. */
export const STORAGE = checks({
  hostVolume: {
    code: "deployment/host-volume",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-006", "INV-008"],
    title: { en: "Data on the host's disk", ja: "ホストのディスクに置かれたデータ" },
    why: {
      en: "The data stays on one machine: the next instance starts elsewhere without it, and it dies with the machine.",
      ja: "データは一台のマシンに残る。次のインスタンスは別の場所でデータなしに起動し、マシンが壊れれば失われる。",
    },
    reason: {
      en: "`{name}` keeps data in `{path}` of the machine it happens to run on.",
      ja: "`{name}` は、たまたま動いているマシンの `{path}` にデータを置く。",
    },
    remedy: {
      en: "Use a database, object storage or a claimed volume (PersistentVolumeClaim, EFS).",
      ja: "データベース、オブジェクトストレージ、または要求したボリューム（PersistentVolumeClaim、EFS）を使う。",
    },
    bad: deployment(VOLUME("hostPath: { path: /srv/api }", "/app/state")),
    good: deployment(VOLUME("persistentVolumeClaim: { claimName: shared }", "/app/state")),
  },
  ephemeralData: {
    code: "deployment/ephemeral-data",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-006", "INV-008"],
    title: {
      en: "Data on a volume that ends with the instance",
      ja: "インスタンスとともに消えるボリュームのデータ",
    },
    why: {
      en: "The volume is deleted with the pod or task: each restart starts from nothing.",
      ja: "このボリュームは Pod やタスクとともに消え、再起動のたびに何もない状態から始まる。",
    },
    reason: {
      en: "`{path}` of `{name}` is on a volume that is deleted with the instance.",
      ja: "`{name}` の `{path}` は、インスタンスとともに消えるボリュームにある。",
    },
    remedy: {
      en: "Keep it in a database, object storage or a PersistentVolumeClaim.",
      ja: "データベース、オブジェクトストレージ、PersistentVolumeClaim に置く。",
    },
    bad: deployment(VOLUME("emptyDir: {}", "/app/uploads")),
    good: deployment(VOLUME("emptyDir: {}", "/tmp")),
  },
  sharedVolume: {
    code: "deployment/single-writer-volume",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-006", "INV-007"],
    title: {
      en: "Several replicas on a volume for one node",
      ja: "一ノード用のボリュームを複数のレプリカが使う",
    },
    why: {
      en: "A ReadWriteOnce volume attaches to one node: replicas elsewhere hang at start, and so does each rolling update.",
      ja: "ReadWriteOnce のボリュームは一つのノードにしか付かず、他のノードのレプリカもローリング更新も起動で止まる。",
    },
    reason: {
      en: "`{name}` shares the ReadWriteOnce claim `{claim}` between replicas.",
      ja: "`{name}` は ReadWriteOnce の `{claim}` をレプリカ間で共有している。",
    },
    remedy: {
      en: "Move the data to object storage or a database, claim ReadWriteMany, or use a StatefulSet.",
      ja: "データをオブジェクトストレージかデータベースに移すか、ReadWriteMany で要求するか、StatefulSet を使う。",
    },
    bad:
      deployment(VOLUME("persistentVolumeClaim: { claimName: uploads }", "/app/uploads")) +
      PVC("ReadWriteOnce"),
    good:
      deployment(VOLUME("persistentVolumeClaim: { claimName: uploads }", "/app/uploads")) +
      PVC("ReadWriteMany"),
  },
  bindMountedData: {
    code: "deployment/bind-mounted-data",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-006", "INV-008"],
    title: {
      en: "Service keeps its data in a folder of the host",
      ja: "サービスのデータがホストのフォルダーにある",
    },
    why: {
      en: "A second instance, or the same one on another host, does not see the files: the folder is the only truth.",
      ja: "二つ目のインスタンスや別のホストからはファイルが見えず、そのフォルダーが唯一の真実になる。",
    },
    reason: {
      en: "`{name}` writes to `{path}` on the host.",
      ja: "`{name}` はホストの `{path}` に書き込む。",
    },
    remedy: {
      en: "Keep it in a database or object storage; mount only configuration, read-only.",
      ja: "データベースかオブジェクトストレージに置き、マウントは設定だけを読み取り専用で行う。",
    },
    bad: compose(["volumes:", "  - ./data:/app/data"]),
    good: compose(["volumes:", "  - ./api.toml:/app/api.toml:ro"]),
  },
  storeWithoutVolume: {
    code: "deployment/store-without-volume",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-006", "INV-008"],
    title: { en: "Database without a volume", ja: "ボリュームのないデータベース" },
    why: {
      en: "The data lies in the container's own layer and is gone when the container is replaced.",
      ja: "データはコンテナ自身の層にあり、コンテナを置き換えると失われる。",
    },
    reason: {
      en: "The datastore `{name}` has no volume for its data.",
      ja: "データストア `{name}` にデータ用のボリュームがない。",
    },
    remedy: {
      en: "Mount a named volume or claim at its data directory, or use a managed database.",
      ja: "データディレクトリに名前付きボリュームか要求したボリュームを付けるか、マネージドデータベースを使う。",
    },
    bad: { "compose.yaml": DB("") },
    good: { "compose.yaml": DB("    volumes: [pgdata:/var/lib/postgresql]\nvolumes: { pgdata: {} }\n") },
  },
  localDatabase: {
    code: "deployment/local-database",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-006", "INV-008"],
    title: { en: "Database file beside the process", ja: "プロセスの横に置かれたデータベースファイル" },
    why: {
      en: "An SQLite file in the container is lost with it, and a second replica has another one.",
      ja: "コンテナ内の SQLite ファイルはコンテナとともに失われ、別のレプリカは別のファイルを持つ。",
    },
    reason: {
      en: "`{name}` points at a local database file.",
      ja: "`{name}` はローカルのデータベースファイルを指す。",
    },
    remedy: {
      en: "Use a database server, or a volume that survives together with a single writer.",
      ja: "データベースサーバーを使うか、残るボリュームと単一の書き手にする。",
    },
    bad: deployment({ container: ["env: [{ name: DATABASE_URL, value: 'sqlite:///app/app.db' }]"] }),
    good: deployment({
      container: [
        "env: [{ name: DATABASE_URL, valueFrom: { secretKeyRef: { name: api, key: database-url } } }]",
      ],
    }),
  },
  sourceMounted: {
    code: "deployment/source-mounted",
    severity: "warn",
    commitments: ["INV-OPS-003", "PD-042"],
    title: { en: "Code comes from the host", ja: "コードをホストから読み込む" },
    why: {
      en: "What runs is the folder's present state and not the image: a rollback of the image changes nothing.",
      ja: "動くのはイメージではなくフォルダーの現在の内容であり、イメージを戻しても何も変わらない。",
    },
    reason: {
      en: "`{name}` mounts `{path}` over its code.",
      ja: "`{name}` は `{path}` をコードの上にマウントする。",
    },
    remedy: {
      en: "Build the code into the image; mount it only in compose.override.yaml.",
      ja: "コードはイメージに含め、マウントは compose.override.yaml だけで行う。",
    },
    bad: compose(["volumes:", "  - .:/app"]),
    good: compose(),
  },
});
