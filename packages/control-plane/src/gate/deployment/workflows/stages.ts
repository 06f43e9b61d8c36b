import { DEPLOYMENT_CHECKS as C } from "../checks.ts";
import { at, entry, texts } from "../node.ts";
import { report, type Scope } from "../scope.ts";
import type { Workflow } from "./read.ts";

const STAGES: [string, RegExp][] = [
  [
    "lint",
    /\blint\b|eslint|biome|prettier|clippy|cargo fmt|ruff|flake8|golangci|rubocop|checkstyle|npm run check|typecheck|tsc\b/,
  ],
  ["test", /\btest(s|ing)?\b|vitest|jest|pytest|rspec|playwright/],
  [
    "security",
    /audit|trivy|grype|snyk|codeql|semgrep|dependency-review|osv-scanner|gitleaks|toban check|scan/,
  ],
  ["build", /\bbuild\b|docker buildx|build-push-action|cargo build|go build/],
];

/** Whether the workflows of a repository, taken together, run on each change and in all stages. */
export function judgeStages(
  workflows: { scope: Scope; workflow: Workflow }[],
  branches: readonly string[],
): void {
  const first = workflows[0];
  if (!first) return;
  const covers = (workflow: Workflow, event: string): boolean => {
    if (!workflow.on.has(event)) return false;
    const limits = texts(at(workflow.on.get(event), "branches"));
    return limits.length === 0 || limits.some((one) => branches.includes(one) || one.includes("*"));
  };
  for (const event of ["push", "pull_request"])
    if (
      !workflows.some(
        ({ workflow }) =>
          covers(workflow, event) || (event === "pull_request" && workflow.on.has("merge_group")),
      )
    )
      report(first.scope, C.noCiTriggers, { start: 0 }, { event });
  const words = workflows
    .flatMap(({ workflow }) => workflow.jobs)
    .map((job) => [job.words, ...job.steps.map((step) => step.action.toLowerCase())].join("\n"))
    .join("\n");
  for (const [stage, pattern] of STAGES)
    if (!pattern.test(words))
      report(first.scope, C.ciStageMissing, entry(first.workflow.node, "jobs"), { stage });
}
