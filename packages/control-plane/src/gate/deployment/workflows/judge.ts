import { DEPLOYMENT_CHECKS as C } from "../checks.ts";
import { npmInstall, pipesToShell } from "../commands.ts";
import { taggingOf } from "../images.ts";
import { at, entries, entry, items, type Node, text } from "../node.ts";
import { isFrequent } from "../schedule.ts";
import { report, type Scope, shown } from "../scope.ts";
import { holdsSecret, isLiteral, isPlaceholder, namesSecret } from "../secrets.ts";
import { judgeDeploys } from "./deploys.ts";
import { type Job, readWorkflow, type Step, stepsOf, type Workflow } from "./read.ts";

/** Judges a workflow of GitHub Actions. */
export function judgeWorkflow(scope: Scope, document: Node): void {
  const workflow = readWorkflow(document);
  if (workflow.jobs.length === 0) {
    report(scope, C.malformed, document, {
      what: "The workflow has no jobs.",
      whatJa: "ワークフローに jobs がない。",
    });
    return;
  }
  if (workflow.on.size === 0) {
    report(scope, C.malformed, document, {
      what: "The workflow has no trigger (on).",
      whatJa: "ワークフローに on がない。",
    });
    return;
  }
  judgePermissions(scope, workflow);
  judgeEnvironment(scope, at(document, "env"));
  for (const job of workflow.jobs) {
    judgeJob(scope, job);
    for (const step of job.steps) {
      judgeStep(scope, step, workflow);
      judgeCheckout(scope, step, workflow);
    }
  }
  judgeSchedule(scope, workflow);
  judgeDeploys(scope, workflow);
}

/** Scheduled runs wait for each other only in a concurrency group. */
function judgeSchedule(scope: Scope, workflow: Workflow): void {
  const grouped =
    entry(workflow.node, "concurrency") || workflow.jobs.every((job) => entry(job.node, "concurrency"));
  for (const one of items(workflow.on.get("schedule"))) {
    const cron = at(one, "cron");
    const schedule = text(cron) ?? "";
    if (!grouped && isFrequent(schedule))
      report(
        scope,
        C.overlappingRuns,
        cron,
        { name: text(at(workflow.node, "name")) ?? "workflow", schedule },
        "warn",
      );
  }
}

/** Judges a composite action; an action in JavaScript or Docker has no steps. */
export function judgeAction(scope: Scope, document: Node): void {
  for (const step of stepsOf(at(document, "runs", "steps"))) judgeStep(scope, step, undefined);
  const image = at(document, "runs", "image");
  const reference = /^docker:\/\/(.*)$/.exec(text(image) ?? "")?.[1];
  if (reference && /latest|missing/.test(taggingOf(reference)))
    report(scope, C.latestImage, image, { image: reference });
}

function judgePermissions(scope: Scope, workflow: Workflow): void {
  const top = at(workflow.node, "permissions");
  const all = [top, ...workflow.jobs.map((job) => at(job.node, "permissions"))];
  for (const one of all)
    if (text(one) === "write-all")
      report(scope, C.broadPermissions, one, {
        what: "The token may write everything.",
        whatJa: "トークンですべてに書き込める。",
      });
  const declared = entry(workflow.node, "permissions");
  if (!declared && workflow.jobs.some((job) => !entry(job.node, "permissions") && !at(job.node, "uses")))
    report(scope, C.broadPermissions, entry(workflow.node, "jobs"), {
      what: "No permissions are set, so the token has the repository's default rights.",
      whatJa: "permissions がなく、トークンはリポジトリの既定の権限を持つ。",
    });
}

function judgeJob(scope: Scope, job: Job): void {
  const called = at(job.node, "uses");
  if (called) judgePin(scope, called);
  else if (!at(job.node, "timeout-minutes")) report(scope, C.noTimeout, job.span, { job: job.id });
  if (!called && job.steps.length === 0)
    report(scope, C.malformed, job.span, {
      what: `The job ${job.id} has no steps.`,
      whatJa: `ジョブ ${job.id} に steps がない。`,
    });
  judgeEnvironment(scope, at(job.node, "env"));
  const container = at(job.node, "container");
  for (const image of [
    at(container, "image") ?? container,
    ...entries(at(job.node, "services")).map((one) => at(one.value, "image")),
  ]) {
    const reference = image?.kind === "scalar" ? text(image) : undefined;
    if (reference && /latest|missing/.test(taggingOf(reference)))
      report(scope, C.latestImage, image, { image: reference }, "warn");
  }
}

const LOCAL_URL =
  /:\/\/[^@\s]*@(localhost|127\.0\.0\.1|\[::1\]|postgres(ql)?|mysql|mariadb|redis|mongo(db)?|db|database|rabbitmq)[:/?]/i;
const TRIVIAL =
  /^(postgres|password|passwd|pass|root|test(ing)?|secret|changeme|ci|dummy|mysql|admin|user|app|guest|rootpassword|test[-_]?\w{0,20}|\w{0,20}[-_]test|example|fake|localstack|minioadmin|\d{0,8})$/i;

/** Variables of a workflow. Databases that live for one job may have a password that everybody knows. */
function judgeEnvironment(scope: Scope, environment: Node | undefined): void {
  for (const { key, value } of entries(environment)) judgeValue(scope, key, value);
}

function judgeValue(scope: Scope, key: string, node: Node): void {
  const value = text(node) ?? "";
  if (scope.settings.notSecret.includes(key)) return;
  const held = LOCAL_URL.test(value) ? undefined : holdsSecret(value);
  if (held) {
    report(scope, C.secretInPlain, node, { name: key, kind: held });
    return;
  }
  judgeCloudKey(scope, key, value, node);
  const fallback = /secrets\.\w+\s*\|\|\s*'([^']{1,200})'/.exec(value)?.[1];
  if (fallback && namesSecret(key) && !TRIVIAL.test(fallback) && !isPlaceholder(fallback))
    report(scope, C.secretInPlain, node, { name: key, kind: "by its name" });
  // `token: write` is a permission, `password: ${{ … }}` a reference.
  if (
    !namesSecret(key) ||
    !isLiteral(value) ||
    TRIVIAL.test(value) ||
    /^(write|read|none|inherit)$/.test(value)
  )
    return;
  if (LOCAL_URL.test(value)) return;
  if (isPlaceholder(value)) report(scope, C.secretPlaceholder, node, { name: key });
  else report(scope, C.secretInPlain, node, { name: key, kind: "by its name" });
}

const CLOUD_KEY =
  /\bsecrets\.(\w*(AWS|AMAZON)\w*(ACCESS_KEY(_ID)?|SECRET(_ACCESS)?_KEY|SECRET_ACCESS_KEY)\w*)|\bsecrets\.(\w*(GCP|GCLOUD|GOOGLE|GKE|GCR|GAR)_?\w*(KEY|CREDENTIALS?|JSON|SERVICE_ACCOUNT)\w*)|\bsecrets\.(\w*AZURE_?\w*(CREDENTIALS|CLIENT_SECRET)\w*)|\bsecrets\.(\w*ARM_CLIENT_SECRET\w*)/i;

function judgeCloudKey(scope: Scope, key: string, value: string, node: Node): void {
  const found = CLOUD_KEY.exec(value);
  const name = found?.[1] ?? found?.[4] ?? found?.[6] ?? found?.[8];
  // A service account's address or a provider's name is no key.
  if (name && /(EMAIL|PROVIDER|WORKLOAD|_ARN|ROLE|API_?KEY)/i.test(name)) return;
  if (/service_account|workload_identity_provider|role-to-assume/.test(key) && !/KEY/i.test(name ?? ""))
    return;
  if (name) {
    report(scope, C.longLivedKeys, node, { name });
    return;
  }
  const given =
    /^(aws-access-key-id|aws-secret-access-key|credentials_json|service_account_key|creds|client-secret)$/.test(
      key,
    );
  if (given && /secrets\./.test(value)) report(scope, C.longLivedKeys, node, { name: key });
  else if (/^(KUBE_?CONFIG(_DATA)?|kubeconfig)$/.test(key) && /secrets\./.test(value))
    report(scope, C.longLivedKeys, node, { name: key }, "warn");
}

/** Text that anybody who can open an issue or a pull request chooses. */
const UNTRUSTED =
  /\$\{\{[^}]{0,300}?\b(github\.head_ref|github\.event\.(issue|pull_request|comment|review|review_comment|discussion|discussion_comment|head_commit|workflow_run\.head_commit)\.(title|body|message|head\.(ref|label|repo\.default_branch)|author\.(name|email)|user\.(name|email))|github\.event\.(workflow_run\.(head_branch|display_title)|commits[^}]{0,60}\.(message|author\.(name|email))|pages[^}]{0,40}\.page_name|milestone\.(title|description)|inputs\.body)|toJSON\(\s*github(\.event)?\s*\))[^}]{0,200}\}\}/i;

function judgeStep(scope: Scope, step: Step, workflow: Workflow | undefined): void {
  if (step.uses) judgePin(scope, step.uses);
  judgeEnvironment(scope, at(step.node, "env"));
  for (const { key, value } of entries(at(step.node, "with"))) judgeValue(scope, key, value);
  const script = /actions\/github-script/.test(step.action) ? at(step.node, "with", "script") : undefined;
  const body = script ?? step.runNode;
  if (!body) return;
  const content = text(body) ?? "";
  const injected = UNTRUSTED.exec(content);
  if (injected) report(scope, C.scriptInjection, body, { expression: shown(injected[0]) });
  else if (workflow?.on.has("workflow_dispatch") || !workflow) {
    const input = /\$\{\{\s*(github\.event\.)?inputs\.[\w-]+\s*\}\}/.exec(content);
    if (input) report(scope, C.scriptInjection, body, { expression: shown(input[0]) }, "warn");
  }
  if (!step.runNode) return;
  const held = LOCAL_URL.test(step.run) ? undefined : holdsSecret(step.run);
  if (held) report(scope, C.secretInPlain, step.runNode, { name: step.name || "run", kind: held });
  const cloud = CLOUD_KEY.exec(step.run);
  if (cloud) judgeCloudKey(scope, "", step.run, step.runNode);
  for (const line of step.run.split("\n")) {
    const printed = /\b(echo|printf|cat\s*<<<)\b[^|>\n]{0,200}\$\{\{\s*secrets\.\w+[^\n]*/.exec(line);
    // Into a program or a file it is no output; GitHub masks what is added by add-mask.
    if (printed && !/[|>]|::add-mask::/.test(line))
      report(scope, C.secretPrinted, step.runNode, { command: shown(line) });
  }
  const piped = pipesToShell(step.run);
  if (piped) report(scope, C.pipeToShell, step.runNode, { command: shown(piped) });
  if (npmInstall(step.run)) report(scope, C.npmInstall, step.runNode);
}

const OFFICIAL = new Set(["actions", "github"]);

function judgePin(scope: Scope, uses: Node): void {
  const action = (text(uses) ?? "").trim();
  if (action === "" || action.startsWith("./") || action.startsWith("../")) return;
  if (action.startsWith("docker://")) {
    const tagging = taggingOf(action.slice(9));
    if (/@sha256:[0-9a-f]{64}$/i.test(action)) return;
    const loose = tagging === "latest" || tagging === "missing" || tagging === "moving";
    report(scope, C.unpinnedAction, uses, { action }, loose ? "block" : "warn");
    return;
  }
  const [path, ref] = action.split("@", 2) as [string, string?];
  if (/^[0-9a-f]{40}$/i.test(ref ?? "") || /^[0-9a-f]{64}$/i.test(ref ?? "")) return;
  const owner = path.split("/")[0]!.toLowerCase();
  const tag = /^v?\d+(\.\d+)*([-+.][\w.]+)?$/.test(ref ?? "");
  const trusted =
    OFFICIAL.has(owner) || scope.settings.trustedActionOwners.some((one) => one.toLowerCase() === owner);
  // Its provenance is verified against the tag, so it must be called by one.
  const verifiedByTag = tag && path.startsWith("slsa-framework/slsa-github-generator/");
  const soft = verifiedByTag || (tag && trusted && scope.settings.actionPins !== "sha");
  report(scope, C.unpinnedAction, uses, { action: shown(action) }, soft ? "warn" : "block");
}

const HEAD =
  /github\.event\.pull_request\.head\.|github\.head_ref|refs\/pull\/|github\.event\.workflow_run\.(head_sha|head_branch|pull_requests)|github\.event\.number/;

function judgeCheckout(scope: Scope, step: Step, workflow: Workflow): void {
  const event = ["pull_request_target", "workflow_run", "issue_comment"].find((one) => workflow.on.has(one));
  if (!event) return;
  if (/^actions\/checkout@/.test(step.action)) {
    const ref = at(step.node, "with", "ref");
    const repository = at(step.node, "with", "repository");
    const said = `${text(ref) ?? ""} ${text(repository) ?? ""}`;
    if (
      HEAD.test(said) ||
      (event === "issue_comment" && /steps\.|github\.event\.issue/.test(text(ref) ?? ""))
    )
      report(scope, C.untrustedCheckout, ref ?? repository ?? step.node, { event });
  } else if (
    /\bgh\s+pr\s+checkout\b|\bgit\s+(fetch|checkout|pull)\b[^\n]{0,200}(pull\/|head_ref|head\.(sha|ref))/.test(
      step.run,
    )
  )
    report(scope, C.untrustedCheckout, step.runNode, { event });
}
