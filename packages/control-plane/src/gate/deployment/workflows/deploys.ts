import { DEPLOYMENT_CHECKS as C } from "../checks.ts";
import { deletesAll } from "../commands.ts";
import { at, isTrue, text, texts } from "../node.ts";
import { report, type Scope, shown } from "../scope.ts";
import {
  ancestors,
  deploysWith,
  isPullRequestOnly,
  type Job,
  migratesWith,
  throwawayCluster,
  type Workflow,
} from "./read.ts";

const PRODUCTION = /(^|[^a-z])(prod|prd|production)([^a-z]|$)/;
const OTHER_STAGE =
  /(^|[^a-z])(staging|stage|stg|dev|development|preview|sandbox|qa|uat|test|nightly|ephemeral)([^a-z]|$)/;

const TESTS =
  /\b(npm|pnpm|yarn|bun)\s+(run\s+)?(-\w+\s+|--\S+\s+)*(test|e2e|integration)\b|\b(npx\s+)?(vitest|jest|playwright\s+test|cypress\s+run|mocha)\b|\bpytest\b|\btox\b|\bgo\s+test\b|\bcargo\s+(test|nextest)\b|\bmvn\b[^\n]{0,60}\b(test|verify)\b|\bgradlew?\b[^\n]{0,60}\b(test|check)\b|\brspec\b|\bphpunit\b|\bdotnet\s+test\b|\bmake\s+(test|check)\b|\brails\s+test\b/;

/** Environment names that are not production never need an approval. */
function approves(job: Job): boolean {
  const environment = job.environment;
  const name = text(environment) ?? text(at(environment, "name"));
  if (name !== undefined) return name.trim() !== "";
  return environment?.kind === "map";
}

const waitsForPerson = (job: Job): boolean =>
  job.steps.some((step) => /^trstringer\/manual-approval@|manual-approval/i.test(step.action));

/** Where a job deploys to, as far as it says. */
function stageOf(job: Job, workflow: Workflow): "production" | "other" | "unknown" {
  const condition = (text(at(job.node, "if")) ?? "").toLowerCase();
  const title = (text(at(workflow.node, "name")) ?? "").toLowerCase();
  const commands = job.steps
    .map((step) => `${step.name}\n${step.run}`)
    .join("\n")
    .toLowerCase();
  const named = `${job.id.toLowerCase().replace(/_/g, "-")}\n${text(at(job.node, "name"))?.toLowerCase() ?? ""}`;
  if (PRODUCTION.test(named)) return "production";
  if (OTHER_STAGE.test(named)) return "other";
  const words = job.words.replace(/node_env[^\n]*production|--production\b|node_env=production/g, "");
  if (PRODUCTION.test(words) || PRODUCTION.test(commands.replace(/node_env=production/g, "")))
    return "production";
  if (
    OTHER_STAGE.test(words.replace(/\b(npm|pnpm|yarn|go|cargo)\s+(run\s+)?test\S*/g, "")) ||
    OTHER_STAGE.test(condition)
  )
    return "other";
  if (PRODUCTION.test(title)) return "production";
  return OTHER_STAGE.test(title) ? "other" : "unknown";
}

/** Only the branches of a push that nobody releases from. */
function pushesElsewhere(workflow: Workflow, productive: readonly string[]): boolean {
  if ([...workflow.on.keys()].some((event) => event !== "push")) return false;
  const push = workflow.on.get("push");
  const branches = texts(at(push, "branches"));
  if (branches.length === 0 || at(push, "tags")) return false;
  return branches.every((one) => !productive.includes(one) && !/\*|^(release|prod)/.test(one));
}

/** Deployments, their approval and the tests before them. */
export function judgeDeploys(scope: Scope, workflow: Workflow): void {
  for (const job of workflow.jobs) {
    const deploy = job.steps
      .map((step) => ({ step, what: deploysWith(step) ?? migratesWith(step, job) }))
      .find((one) => one.what);
    const real = deploy !== undefined && !throwawayCluster(job);
    if (real) judgeApproval(scope, workflow, job, deploy.what!, deploy.step.uses ?? deploy.step.runNode);
    judgeTests(scope, workflow, job, real);
    judgeCommands(scope, workflow, job, real);
  }
}

function judgeApproval(
  scope: Scope,
  workflow: Workflow,
  job: Job,
  what: string,
  span: Job["node"] | undefined,
): void {
  const before = ancestors(job, workflow.jobs);
  const approved =
    approves(job) ||
    waitsForPerson(job) ||
    before.some(
      (one) =>
        waitsForPerson(one) ||
        (approves(one) &&
          !OTHER_STAGE.test(
            (text(one.environment) ?? text(at(one.environment, "name")) ?? "").toLowerCase(),
          )),
    );
  if (approved || isPullRequestOnly(workflow)) return;
  const stage = stageOf(job, workflow);
  if (
    stage === "other" ||
    (stage === "unknown" && pushesElsewhere(workflow, scope.settings.productionBranches))
  )
    return;
  // Somebody started it by hand; nobody else has said yes.
  const byHand = [...workflow.on.keys()].every((event) => event === "workflow_dispatch");
  const called = [...workflow.on.keys()].every((event) => event === "workflow_call");
  const soft = (byHand && stage === "unknown") || (called && stage === "unknown");
  report(
    scope,
    C.productionWithoutApproval,
    span ?? job.span,
    { job: job.id, what: shown(what) },
    soft ? "warn" : "block",
  );
}

const testing = (job: Job) =>
  job.steps.some((step) => TESTS.test(step.run)) || /(^|[-_])(test|tests|ci)([-_]|$)/.test(job.id);

function judgeTests(scope: Scope, workflow: Workflow, job: Job, deploys: boolean): void {
  for (const step of job.steps) {
    if (!TESTS.test(step.run)) continue;
    const goesOn = at(step.node, "continue-on-error");
    if (isTrue(goesOn)) report(scope, C.testsMayFail, goesOn, { what: shown(step.run) });
    else
      for (const line of step.run.split("\n"))
        if (TESTS.test(line) && /\|\|\s*(true|:|echo\b.*|exit\s+0)\s*$/.test(line))
          report(scope, C.testsMayFail, step.runNode, { what: shown(line) });
  }
  const whole = at(job.node, "continue-on-error");
  if (isTrue(whole) && job.steps.some((step) => TESTS.test(step.run)))
    report(scope, C.testsMayFail, whole, { what: job.id });
  if (!deploys) return;
  const test = workflow.jobs.find((one) => one !== job && testing(one));
  const before = ancestors(job, workflow.jobs);
  const own = job.steps.some((step) => TESTS.test(step.run));
  if (test && !own && !before.some(testing))
    report(scope, C.deployWithoutTests, job.span, { job: job.id, test: test.id });
}

/** Commands that take away what runs, with those that bring it back. */
const PAIRS: [RegExp, RegExp][] = [
  [/\bkubectl\b.{0,200}\sdelete\s+(?!pods?\b|jobs?\b)/, /\bkubectl\b.{0,200}\s(apply|create)\b/],
  [/\bhelm\b.{0,100}\s(uninstall|delete)\s/, /\bhelm\b.{0,100}\s(install|upgrade)\b/],
  [/\bdocker(\s|-)compose\b.{0,200}\sdown\b/, /\bdocker(\s|-)compose\b.{0,200}\sup\b/],
  [/\bdocker\s(rm\s-f|stop)\s/, /\bdocker\srun\b/],
];

/** The command that removes the running version before a later one creates it again. */
function deletesFirst(script: string): string | undefined {
  const commands = script
    .replace(/\\\r?\n/g, " ")
    .split(/\n|&&|\|\||;/)
    .map((one) => one.trim().slice(0, 1000))
    .filter((one) => one && !one.startsWith("#"));
  const replaced = commands.find((one) => /\bkubectl\b.{0,200}\sreplace\b.{0,200}\s--force\b/.test(one));
  if (replaced) return replaced;
  for (const [removes, creates] of PAIRS) {
    const first = commands.findIndex((one) => removes.test(one));
    if (first >= 0 && commands.slice(first + 1).some((one) => creates.test(one))) return commands[first];
  }
  return undefined;
}

function judgeCommands(scope: Scope, workflow: Workflow, job: Job, deploys: boolean): void {
  const scheduled = workflow.on.has("schedule");
  for (const step of job.steps) {
    const script = step.run || (text(at(step.node, "with", "script")) ?? "");
    if (!script) continue;
    const span = step.runNode ?? at(step.node, "with", "script");
    const found = deletesFirst(script);
    if (found && !throwawayCluster(job)) {
      const local = /docker/.test(found) && !deploys && !/ssh/.test(`${step.action} ${script}`);
      report(scope, C.deleteThenApply, span, { command: shown(found) }, local ? "warn" : "block");
    }
    const deleted = (deploys || scheduled) && !TESTS.test(script) ? deletesAll(script) : undefined;
    // A pipeline's own disk is thrown away anyway.
    if (deleted && !/^rm /.test(deleted))
      report(scope, C.deleteAndReload, span, { name: job.id, what: deleted });
    if (
      deploys &&
      /\bhelm\b[^\n]{0,100}\supgrade\b/.test(script) &&
      !/--(atomic|rollback-on-failure|dry-run)\b/.test(script)
    )
      report(scope, C.noRollback, span, { name: job.id, setting: "helm upgrade without --atomic" }, "warn");
  }
}
