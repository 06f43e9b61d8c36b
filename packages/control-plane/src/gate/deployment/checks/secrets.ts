// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are examples in other languages.
import { checks } from "../../check.ts";
import { compose, deployment, dockerfile, workflow } from "./examples.ts";

const KEYS = {
  step: "- uses: aws-actions/configure-aws-credentials@e3dd6a429d7300a6a4c196c26e071d42e0343502 # v4.0.2",
  static: [
    "  with:",
    "    aws-region: ap-northeast-1",
    "    aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}",
    "    aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}",
  ],
  role: [
    "  with:",
    "    aws-region: ap-northeast-1",
    "    role-to-assume: arn:aws:iam::123456789012:role/ci",
  ],
};

/** Where secrets lie, and how long they live. */
export const SECRETS = checks({
  secretInPlain: {
    code: "deployment/secret-in-plain",
    severity: "block",
    commitments: ["RF-038", "GL-007", "GL-045", "PD-009", "RF-055"],
    title: { en: "Secret in plain text", ja: "平文の秘密情報" },
    why: {
      en: "Everybody who may read the repository or the running configuration has the secret, for as long as the history exists.",
      ja: "リポジトリや実行中の設定を読める全員が、履歴が残る限りその秘密情報を手にする。",
    },
    reason: {
      en: "`{name}` is written down here ({kind}).",
      ja: "`{name}` がここに書かれている（{kindJa}）。",
    },
    remedy: {
      en: "Reference a secret store (secretKeyRef, ECS secrets, compose secrets, ${{ secrets.X }}) and rotate this value.",
      ja: "シークレットストアを参照し（secretKeyRef、ECS の secrets、compose の secrets、${{ secrets.X }}）、この値は交換する。",
    },
    bad: deployment({ container: ["env: [{ name: DB_PASSWORD, value: s3cr3t-Pa55 }]"] }),
    good: deployment({
      container: ["env: [{ name: DB_PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }]"],
    }),
  },
  secretPlaceholder: {
    code: "deployment/secret-placeholder",
    severity: "warn",
    commitments: ["GL-045", "GL-052"],
    title: { en: "Placeholder where a secret belongs", ja: "秘密情報の位置にある仮の値" },
    why: {
      en: "If nobody replaces it, the service starts with a value that everybody can read.",
      ja: "誰も置き換えなければ、誰でも読める値のままサービスが起動する。",
    },
    reason: { en: "`{name}` holds a placeholder.", ja: "`{name}` は仮の値のままになっている。" },
    remedy: {
      en: "Reference a secret store, so that a missing value stops the start.",
      ja: "シークレットストアを参照し、値がなければ起動に失敗するようにする。",
    },
    bad: compose(['environment: { JWT_SECRET: "<your-secret>" }']),
    good: compose(['environment: { JWT_SECRET: "${JWT_SECRET:?}" }']),
  },
  secretBuildArgument: {
    code: "deployment/secret-build-argument",
    severity: "block",
    commitments: ["RF-038", "GL-045"],
    title: {
      en: "Secret as a build argument or image variable",
      ja: "ビルド引数やイメージの変数としての秘密情報",
    },
    why: {
      en: "Arguments and variables stay readable in the image's history and provenance.",
      ja: "引数や変数は、イメージの履歴と来歴情報から読み取れる。",
    },
    reason: { en: "`{name}` stays readable in the image.", ja: "`{name}` はイメージから読み取れる。" },
    remedy: {
      en: "Use RUN --mount=type=secret at build time, and the environment at run time.",
      ja: "ビルド時は RUN --mount=type=secret、実行時は環境から渡す。",
    },
    bad: dockerfile(["ARG NPM_TOKEN", "RUN npm ci"]),
    good: dockerfile(["RUN --mount=type=secret,id=npm npm ci"]),
  },
  secretFileInImage: {
    code: "deployment/secret-file-in-image",
    severity: "block",
    commitments: ["GL-045", "RF-038"],
    title: { en: "Secret file copied into the image", ja: "秘密のファイルをイメージに入れている" },
    why: {
      en: "Everybody who can pull the image has the file, even when a later layer deletes it.",
      ja: "後の層で消しても、イメージを取得できる全員がそのファイルを手にする。",
    },
    reason: { en: "`{file}` becomes part of the image.", ja: "`{file}` がイメージの一部になる。" },
    remedy: {
      en: "List it in .dockerignore, and pass values at run time or by RUN --mount=type=secret.",
      ja: ".dockerignore に加え、値は実行時か RUN --mount=type=secret で渡す。",
    },
    bad: dockerfile(["COPY .env ./"]),
    good: dockerfile(["COPY .env.example package.json ./"]),
  },
  secretPrinted: {
    code: "deployment/secret-printed",
    severity: "block",
    commitments: ["RF-055", "RF-099", "INV-026"],
    title: { en: "Secret written to the log", ja: "秘密情報をログに書き出す" },
    why: {
      en: "Masking is only by exact text: any change of form (a part, base64, JSON) shows the secret in the log.",
      ja: "伏せ字になるのは完全に一致した文字列だけで、一部・base64・JSON など形が変わればログに現れる。",
    },
    reason: { en: "`{command}` prints a secret.", ja: "`{command}` は秘密情報を出力する。" },
    remedy: {
      en: "Pass it to the program through its environment or standard input.",
      ja: "プログラムには環境変数か標準入力で渡す。",
    },
    bad: workflow(["- run: echo ${{ secrets.API_TOKEN }}"]),
    good: workflow(["- run: ./call-api", "  env: { API_TOKEN: '${{ secrets.API_TOKEN }}' }"]),
  },
  longLivedKeys: {
    code: "deployment/long-lived-cloud-keys",
    severity: "block",
    commitments: ["GL-019", "GL-018", "GL-096"],
    title: { en: "Long-lived cloud keys", ja: "長期間有効なクラウドの鍵" },
    why: {
      en: "A stored key works for whoever copies it, from anywhere, until somebody remembers to rotate it; OIDC gives each run its own key for an hour.",
      ja: "保存された鍵は、交換されるまで、写した誰もがどこからでも使える。OIDC なら実行ごとに短時間の鍵が渡される。",
    },
    reason: { en: "`{name}` is a stored cloud key.", ja: "`{name}` は保存されたクラウドの鍵である。" },
    remedy: {
      en: "Assume a role by OIDC (permissions: id-token: write; role-to-assume, workload_identity_provider, or client-id with federated credentials).",
      ja: "OIDC でロールを引き受ける（permissions の id-token: write と role-to-assume、workload_identity_provider、フェデレーション資格情報）。",
    },
    bad: workflow([KEYS.step, ...KEYS.static]),
    good: workflow([KEYS.step, ...KEYS.role], { top: ["permissions: { contents: read, id-token: write }"] }),
  },
  envFile: {
    code: "deployment/env-file",
    severity: "warn",
    commitments: ["GL-045"],
    title: { en: ".env file in production", ja: "本番での .env ファイル" },
    why: {
      en: "The file lies on the host outside of any store: nobody sees who read or changed it.",
      ja: "ファイルはどのストアの管理も受けずにホストに置かれ、誰が読み、変えたかが分からない。",
    },
    reason: { en: "`{name}` reads `{file}`.", ja: "`{name}` は `{file}` を読み込む。" },
    remedy: {
      en: "Take secrets from the platform's store (compose secrets, Secrets Manager).",
      ja: "秘密情報は基盤のストア（compose の secrets、Secrets Manager）から受け取る。",
    },
    bad: {
      "compose.prod.yaml":
        'services:\n  api:\n    image: ghcr.io/acme/api:1.4.2\n    restart: always\n    env_file: .env\n    healthcheck: { test: ["CMD", "/app/health"] }\n',
    },
    good: compose(),
  },
});
