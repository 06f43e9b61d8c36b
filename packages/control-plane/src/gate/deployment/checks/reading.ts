// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are examples in other languages.
import { checks } from "../../check.ts";
import { deployment, dockerfile } from "./examples.ts";

/** What keeps a file from being judged at all. */
export const READING = checks({
  unparseable: {
    code: "deployment/unparseable",
    severity: "block",
    undecided: true,
    commitments: ["INV-034"],
    title: { en: "The file cannot be parsed", ja: "ファイルを解析できない" },
    why: {
      en: "What cannot be read cannot be judged, and the tool that deploys it may read it differently. It is never a pass.",
      ja: "読めないものは判定できず、デプロイするツールが別の読み方をするおそれもある。合格とはしない。",
    },
    reason: { en: "The file cannot be parsed: {error}.", ja: "ファイルを解析できない: {error}" },
    remedy: { en: "Correct the syntax at this place.", ja: "この箇所の構文を直す。" },
    bad: "apiVersion: apps/v1\nkind: Deployment\nkind: Service\nspec: [\n",
    good: deployment(),
  },
  malformed: {
    code: "deployment/malformed",
    severity: "block",
    undecided: true,
    commitments: ["INV-034"],
    title: { en: "The file is not what it claims to be", ja: "ファイルが名乗る形式になっていない" },
    why: {
      en: "A file without the part that says what runs (no FROM, no services, no jobs, no containers) leaves nothing to judge.",
      ja: "何を動かすかの部分（FROM・services・jobs・コンテナ）がないファイルには、判定する対象がない。",
    },
    reason: { en: "{what}", ja: "{whatJa}" },
    remedy: {
      en: "Complete the file, or take it out of what is checked.",
      ja: "ファイルを完成させるか、検査の対象から外す。",
    },
    bad: { Dockerfile: "# nothing yet\n" },
    good: dockerfile(),
  },
  unrendered: {
    code: "deployment/unrendered-template",
    severity: "block",
    undecided: true,
    commitments: ["INV-034"],
    title: { en: "The template is not rendered", ja: "テンプレートが展開されていない" },
    why: {
      en: "A Helm or other text template is not the manifest yet: replicas, images and probes come from values that are not here.",
      ja: "Helm などのテンプレートはまだマニフェストではなく、レプリカ数・イメージ・プローブはここにない値で決まる。",
    },
    reason: {
      en: "This is a text template; what it becomes depends on values that are not here.",
      ja: "テキストのテンプレートであり、展開後の内容はここにない値で決まる。",
    },
    remedy: {
      en: "Render it with the values of the environment (helm template, kustomize build) and check the result.",
      ja: "環境の値で展開し（helm template、kustomize build）、その結果を検査する。",
    },
    bad: "apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: {{ .Values.replicas }}\n",
    good: deployment(),
  },
  unresolvedImage: {
    code: "deployment/unresolved-image",
    severity: "block",
    undecided: true,
    commitments: ["INV-034"],
    title: { en: "The base image is not known", ja: "ベースイメージが分からない" },
    why: {
      en: "The whole image comes from an argument without a default, so neither its tag nor its user can be judged.",
      ja: "イメージ全体が既定値のない引数で渡されるため、タグも実行ユーザーも判定できない。",
    },
    reason: {
      en: "`{image}` has no default, so the image that is built on is not known.",
      ja: "`{image}` に既定値がなく、土台のイメージが分からない。",
    },
    remedy: {
      en: "Give the ARG a pinned default before the first FROM.",
      ja: "最初の FROM の前の ARG に、バージョンを固定した既定値を書く。",
    },
    bad: dockerfile([], 'CMD ["node", "server.js"]', "${BASE_IMAGE}"),
    good: {
      Dockerfile:
        'ARG BASE_IMAGE=node:22.11.0-slim\nFROM ${BASE_IMAGE}\nUSER node\nCMD ["node", "server.js"]\n',
    },
  },
  unrecognised: {
    code: "deployment/unrecognised",
    severity: "info",
    commitments: ["INV-034"],
    title: { en: "No deployment configuration was recognised", ja: "デプロイ設定として認識できない" },
    why: {
      en: "The file is of no kind that is looked at, so its pass says nothing.",
      ja: "検査できる種類のファイルではないため、合格しても何も意味しない。",
    },
    reason: { en: "Nothing in this file is looked at.", ja: "このファイルには検査する対象がない。" },
    remedy: {
      en: "Expected: Dockerfile, Compose, Kubernetes, ECS, GitHub Actions, crontab or systemd units.",
      ja: "対象は Dockerfile、Compose、Kubernetes、ECS、GitHub Actions、crontab、systemd のユニット。",
    },
    bad: { "notes.yaml": "colours: [red, green]\n" },
    good: deployment(),
  },
});
