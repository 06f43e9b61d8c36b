// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are examples in other languages.
import { checks } from "../../check.ts";
import { workflow } from "./examples.ts";

const DEPLOY = "- run: aws ecs update-service --cluster production --service api --force-new-deployment";
const PULL_TARGET = { on: "{ pull_request_target: { branches: [main] } }" };
const ci = (jobs: string) => ({
  ".github/workflows/ci.yml": `name: CI\non: { push: { branches: [main] }, pull_request: { branches: [main] } }\npermissions: { contents: read }\njobs:\n${jobs}`,
});
const job = (name: string, run: string) =>
  `  ${name}:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - run: ${run}\n`;

/** What a pipeline may do, and who lets it. */
export const WORKFLOWS = checks({
  unpinnedAction: {
    code: "deployment/unpinned-action",
    severity: "block",
    commitments: ["RF-056", "GL-018"],
    title: { en: "Action that is not pinned", ja: "固定されていないアクション" },
    why: {
      en: "A tag or branch can be moved to other code, which then runs with the workflow's secrets; a commit cannot.",
      ja: "タグやブランチは別のコードに付け替えられ、ワークフローの秘密情報とともに実行される。コミットは付け替えられない。",
    },
    reason: {
      en: "`{action}` can change without a change here.",
      ja: "`{action}` は、ここを変えなくても中身が変わりうる。",
    },
    remedy: {
      en: "Pin the full commit: owner/action@<40 hex digits> # v1.2.3",
      ja: "コミット全体で固定する（owner/action@<40 桁の 16 進数> # v1.2.3）。",
    },
    bad: workflow(["- uses: some-owner/setup-tool@main"]),
    good: workflow(["- uses: some-owner/setup-tool@08eba0b27e820071cde6df949e0beb9ba4906955 # v1.2.3"]),
  },
  productionWithoutApproval: {
    code: "deployment/production-without-approval",
    severity: "block",
    commitments: ["RF-150", "GL-043", "PD-036", "INV-OPS-003"],
    title: { en: "Production without approval", ja: "承認なしの本番デプロイ" },
    why: {
      en: "Without an environment there is no place where a person must say yes: every merge changes production by itself.",
      ja: "environment がなければ人が承認する場所がなく、マージのたびに本番が自動で変わる。",
    },
    reason: {
      en: "The job `{job}` deploys (`{what}`) without an environment that asks for approval.",
      ja: "ジョブ `{job}` は、承認を求める environment なしにデプロイする（`{what}`）。",
    },
    remedy: {
      en: "Set environment: production on the job, and required reviewers on that environment.",
      ja: "ジョブに environment: production を書き、その environment に必須の承認者を設定する。",
    },
    bad: workflow([DEPLOY], { on: "{ push: { branches: [main] } }" }),
    good: workflow([DEPLOY], { on: "{ push: { branches: [main] } }", job: ["environment: production"] }),
  },
  untrustedCheckout: {
    code: "deployment/untrusted-checkout",
    severity: "block",
    commitments: ["GL-018", "RF-056"],
    title: {
      en: "Strangers' code with the repository's secrets",
      ja: "第三者のコードにリポジトリの秘密情報を渡す",
    },
    why: {
      en: "This event runs with secrets and a write token; checking out the pull request's head runs a stranger's scripts with them.",
      ja: "このイベントは秘密情報と書き込みトークンを持って動く。プルリクエストの先頭を取り出すと、第三者のスクリプトがそれらとともに動く。",
    },
    reason: {
      en: "A workflow on `{event}` checks out the code of the pull request.",
      ja: "`{event}` のワークフローがプルリクエスト側のコードを取り出す。",
    },
    remedy: {
      en: "Use pull_request, or do not check out the head here.",
      ja: "pull_request を使うか、ここでは先頭を取り出さない。",
    },
    bad: workflow(
      [
        "- uses: actions/checkout@08eba0b27e820071cde6df949e0beb9ba4906955",
        "  with: { ref: '${{ github.event.pull_request.head.sha }}' }",
        "- run: npm test",
      ],
      PULL_TARGET,
    ),
    good: workflow(["- run: npm test"]),
  },
  scriptInjection: {
    code: "deployment/script-injection",
    severity: "block",
    commitments: ["GL-018"],
    title: { en: "Text from outside inside a script", ja: "外部の文字列をスクリプトに埋め込む" },
    why: {
      en: "The expression is pasted into the script before it runs: a title such as `$(…)` is executed.",
      ja: "式は実行前にスクリプトへ貼り付けられ、`$(…)` のような題名がそのまま実行される。",
    },
    reason: {
      en: "`{expression}` can be chosen by strangers and is pasted into a script.",
      ja: "`{expression}` は第三者が決められる値で、スクリプトに貼り付けられる。",
    },
    remedy: {
      en: 'Put it into env and use the variable in quotes: "$TITLE".',
      ja: 'env に入れ、変数を引用符付きで使う（"$TITLE"）。',
    },
    bad: workflow(['- run: echo "${{ github.event.issue.title }}"']),
    good: workflow(['- run: echo "$TITLE"', "  env: { TITLE: '${{ github.event.issue.title }}' }"]),
  },
  broadPermissions: {
    code: "deployment/broad-permissions",
    severity: "warn",
    commitments: ["GL-018"],
    title: { en: "Token with more rights than needed", ja: "必要以上の権限を持つトークン" },
    why: {
      en: "Each step, each action and each dependency's script can use the token.",
      ja: "すべてのステップ、アクション、依存パッケージのスクリプトがそのトークンを使える。",
    },
    reason: { en: "{what}", ja: "{whatJa}" },
    remedy: {
      en: "Set permissions: { contents: read } at the top, and more only for the job that needs it.",
      ja: "先頭に permissions: { contents: read } を書き、必要なジョブにだけ追加する。",
    },
    bad: workflow(["- run: npm test"], { top: ["permissions: write-all"] }),
    good: workflow(["- run: npm test"]),
  },
  noTimeout: {
    code: "deployment/no-timeout",
    severity: "info",
    commitments: ["RF-144"],
    title: { en: "Job without a time limit", ja: "時間制限のないジョブ" },
    why: {
      en: "A job that hangs holds its runner and its lock for six hours.",
      ja: "固まったジョブは、ランナーとロックを六時間占有する。",
    },
    reason: {
      en: "The job `{job}` has no timeout-minutes.",
      ja: "ジョブ `{job}` に timeout-minutes がない。",
    },
    remedy: {
      en: "Set timeout-minutes to a few times the usual duration.",
      ja: "通常の所要時間の数倍を timeout-minutes に設定する。",
    },
    bad: ci("  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: npm test\n"),
    good: ci(job("test", "npm test")),
  },
  testsMayFail: {
    code: "deployment/tests-may-fail",
    severity: "block",
    commitments: ["PD-032", "RF-135", "GL-033"],
    title: { en: "Failing tests do not stop the pipeline", ja: "試験に失敗してもパイプラインが止まらない" },
    why: {
      en: "What is known to be broken is shipped with a green sign.",
      ja: "壊れていると分かっているものが、正常の印とともに出荷される。",
    },
    reason: { en: "`{what}` goes on when it fails.", ja: "`{what}` は失敗しても先に進む。" },
    remedy: {
      en: "Remove continue-on-error or `|| true`; quarantine single flaky tests by name.",
      ja: "continue-on-error や `|| true` を除き、不安定な試験は個別に名前で隔離する。",
    },
    bad: workflow(["- run: npm test", "  continue-on-error: true"]),
    good: workflow(["- run: npm test"]),
  },
  deployWithoutTests: {
    code: "deployment/deploy-without-tests",
    severity: "warn",
    commitments: ["PD-032", "GL-031"],
    title: { en: "Deployment does not wait for tests", ja: "デプロイが試験を待たない" },
    why: {
      en: "The job starts beside the tests, so a red run still deploys.",
      ja: "試験と並行して始まるため、試験に失敗してもデプロイされる。",
    },
    reason: {
      en: "The job `{job}` deploys and does not need the job `{test}`.",
      ja: "ジョブ `{job}` は `{test}` を待たずにデプロイする。",
    },
    remedy: { en: "Add needs: [{test}].", ja: "needs: [{test}] を加える。" },
    bad: ci(`${job("test", "npm test")}${job("deploy", "kubectl apply -n staging -f k8s/")}`),
    good: ci(
      `${job("test", "npm test")}${job("deploy", "kubectl apply -n staging -f k8s/")}    needs: [test]\n`,
    ),
  },
  noCiTriggers: {
    code: "deployment/no-ci-trigger",
    severity: "warn",
    commitments: ["RF-133", "PD-030", "GL-095"],
    title: { en: "CI does not run on each change", ja: "変更のたびに CI が動かない" },
    why: {
      en: "What reaches main untested is found in production.",
      ja: "試験されずに main に入ったものは、本番で見つかる。",
    },
    reason: {
      en: "No workflow runs on {event} to the main branch.",
      ja: "main への {event} で動くワークフローがない。",
    },
    remedy: {
      en: "Trigger a workflow on push and pull_request to main.",
      ja: "main への push と pull_request でワークフローを動かす。",
    },
    bad: workflow(["- run: npm test"], { on: "workflow_dispatch" }),
    good: workflow(["- run: npm test"]),
  },
  ciStageMissing: {
    code: "deployment/ci-stage-missing",
    severity: "info",
    commitments: ["RF-134", "RF-135", "RF-137", "RF-138", "GL-033", "GL-034", "GL-035", "GL-036", "PD-031"],
    title: { en: "CI stage not seen", ja: "CI の段階が見当たらない" },
    why: {
      en: "Lint, tests, a security scan and the build each find what the others cannot.",
      ja: "静的検査・試験・セキュリティ検査・ビルドは、それぞれ他では見つからないものを見つける。",
    },
    reason: {
      en: "No workflow visibly has the stage `{stage}`.",
      ja: "`{stage}` の段階がワークフローに見当たらない。",
    },
    remedy: {
      en: "Add a job or step for it, or name the script so that it can be seen.",
      ja: "その段階のジョブかステップを加えるか、分かる名前にする。",
    },
    bad: workflow(["- run: npm test"]),
    good: workflow([
      "- run: npm run lint && npm test",
      "- run: npm audit --audit-level=high",
      "- run: npm run build",
    ]),
  },
});
