import { at, type Entry, entries, items, type Node, scalars, text, texts } from "../node.ts";

export type Step = { node: Node; uses?: Node; action: string; run: string; runNode?: Node; name: string };

export type Job = {
  id: string;
  node: Node;
  span: { start: number; end: number };
  steps: Step[];
  needs: string[];
  /** All that the job says, in lower case, to see what it is about. */
  words: string;
  environment?: Node;
};

export type Workflow = { on: Map<string, Node | undefined>; jobs: Job[]; node: Node };

function stepOf(node: Node): Step {
  const uses = at(node, "uses");
  const runNode = at(node, "run");
  return {
    node,
    ...(uses ? { uses } : {}),
    ...(runNode ? { runNode } : {}),
    action: (text(uses) ?? "").trim(),
    run: text(runNode) ?? "",
    name: text(at(node, "name")) ?? "",
  };
}

export const stepsOf = (node: Node | undefined): Step[] =>
  items(node)
    .filter((one) => one.kind === "map")
    .map(stepOf);

/** Names of events; each with what limits it. */
function eventsOf(on: Node | undefined): Map<string, Node | undefined> {
  if (on?.kind === "map") return new Map(entries(on).map((one) => [one.key, one.value]));
  return new Map(texts(on).map((name) => [name, undefined]));
}

function jobOf({ key, start, end, value }: Entry): Job {
  const environment = at(value, "environment");
  const steps = stepsOf(at(value, "steps"));
  const said = scalars(value)
    .filter(
      (one) => one.key !== "if" && one.key !== "environment" && one.key !== "uses" && one.key !== "branches",
    )
    .map((one) => text(one.node) ?? "");
  return {
    id: key,
    node: value,
    span: { start, end },
    steps,
    needs: texts(at(value, "needs")),
    words: [key, ...said].join("\n").toLowerCase(),
    ...(environment ? { environment } : {}),
  };
}

export function readWorkflow(document: Node): Workflow {
  return {
    on: eventsOf(at(document, "on")),
    jobs: entries(at(document, "jobs"))
      .filter((one) => one.value.kind === "map")
      .map(jobOf),
    node: document,
  };
}

/** Jobs that must end well before this one starts. */
export function ancestors(job: Job, jobs: readonly Job[]): Job[] {
  const found = new Set<Job>();
  const visit = (one: Job) => {
    for (const name of one.needs) {
      const needed = jobs.find((other) => other.id === name);
      if (needed && !found.has(needed)) {
        found.add(needed);
        visit(needed);
      }
    }
  };
  visit(job);
  return [...found];
}

const DEPLOYS: RegExp[] = [
  /\baws\s+ecs\s+(update-service|deploy|run-task)\b/,
  /\baws\s+lambda\s+update-(function-code|alias)\b/,
  /\baws\s+(cloudformation\s+(deploy|update-stack|create-stack|execute-change-set)|deploy\s+create-deployment|apprunner\s+start-deployment|elasticbeanstalk\s+update-environment)\b/,
  /\baws\s+s3\s+sync\b(?![^\n]{0,200}(artifact|backup|cache|coverage|report))/,
  /\bkubectl\b[^\n|;&]{0,200}\s(apply|set\s+image|replace|patch|create\s+-f|rollout\s+restart|scale)\b(?![^\n|;&]{0,200}--dry-run)/,
  /\bkustomize\s+build\b[^\n]{0,200}\|\s*kubectl\s+apply/,
  /\bhelm\b[^\n|;&]{0,100}\s(upgrade|install)\b(?![^\n|;&]{0,300}--dry-run)/,
  /\bhelmfile\b[^\n|;&]{0,100}\s(apply|sync)\b/,
  /\b(terraform|tofu|terragrunt)\b[^\n|;&]{0,100}\s(apply|destroy)\b/,
  /\bcdk\s+deploy\b/,
  /\bpulumi\s+up\b/,
  /\bgcloud\b[^\n|;&]{0,60}\s(run\s+(deploy|services\s+update-traffic|services\s+replace)|app\s+deploy|functions\s+deploy|deploy\s+releases\s+create)\b/,
  /\baz\s+(webapp|containerapp|functionapp|deployment)\b[^\n|;&]{0,60}\b(deploy|update|up|create|config-zip|set)\b/,
  /\b(serverless|sls|sam|copilot(\s+svc)?|eb|firebase|railway|render|flyctl|fly)\s+(deploy|up)\b/,
  /\bvercel\b[^\n|;&]{0,100}--prod\b/,
  /\bnetlify\s+deploy\b[^\n|;&]{0,100}--prod\b/,
  /\bwrangler\s+(deploy|publish)\b/,
  /\bheroku\s+container:release\b|\bgit\s+push\s+(heroku|dokku|production)\b/,
  /\bdocker\s+stack\s+deploy\b|\bdocker\s+service\s+update\b/,
  /\bargocd\s+app\s+(sync|set)\b/,
  /\bansible-playbook\b(?![^\n]{0,200}--check)/,
  /\bcap\s+\w+\s+deploy\b|\bkamal\s+deploy\b/,
  /\bssh\b[^\n]{0,300}\b(docker(\s+|-)compose|systemctl\s+restart|docker\s+run|pm2\s+(reload|restart)|deploy)/,
  /(^|\s|\/)deploy[\w-]*\.sh\b|\b((npm|pnpm|yarn)\s+run|make)\s+deploy\b(?![\w:-]*(dry|check|preview|plan|validate|diff))/,
];

const DEPLOY_ACTION =
  /^(aws-actions\/amazon-ecs-deploy|aws-actions\/aws-cloudformation|aws-actions\/aws-lambda-deploy|google-github-actions\/deploy|azure\/(webapps-deploy|functions-action|functions-container-action|k8s-deploy|container-apps-deploy-action|static-web-apps-deploy|aci-deploy)|appleboy\/ssh-action|amondnet\/vercel-action|cloudflare\/(wrangler|pages)-action|akhileshns\/heroku-deploy|superfly\/flyctl-actions|firebaseextended\/action-hosting-deploy|einaregilsson\/beanstalk-deploy|deliverybot\/helm|wei\/wget-deploy|easingthemes\/ssh-deploy|burnett01\/rsync)/i;

const MIGRATES =
  /\b(prisma\s+migrate\s+deploy|knex\s+migrate:\w+|sequelize(-cli)?\s+db:migrate|typeorm\s+migration:run|drizzle-kit\s+(migrate|push)|node-pg-migrate\s+up|dbmate\s+(up|migrate)|flyway\b[^\n]{0,100}\smigrate|liquibase\b[^\n]{0,100}\supdate|alembic\s+upgrade|rails\s+db:migrate|atlas\s+(schema|migrate)\s+apply|goose\b[^\n]{0,100}\sup|sqlx\s+migrate\s+run|(npm|pnpm|yarn)\s+run\s+(db:)?migrate)\b/;

/** The migration that a step runs against a database whose address is a secret; a test's database has none. */
export function migratesWith(step: Step, job: Job): string | undefined {
  const found = MIGRATES.exec(step.run.replace(/^\s*#.*$/gm, ""));
  const secret = /secrets\.\w*(database|db|postgres|pg|mysql|mongo)\w*/.exec(job.words)?.[0] ?? "";
  return found && secret && !/test|ci_|_ci/.test(secret) ? found[0].trim() : undefined;
}

/** What a step deploys with, as it is written. */
export function deploysWith(step: Step): string | undefined {
  const run = step.run
    .replace(/\\\r?\n/g, " ")
    .replace(/^\s*#.*$/gm, "")
    .replace(/^\s*(echo|printf)\b[^|\n&;`$]*$/gm, "");
  for (const pattern of DEPLOYS) {
    const found = pattern.exec(run);
    if (found) return found[0].trim();
  }
  if (/cloudflare\/wrangler-action/i.test(step.action)) {
    const command = text(at(step.node, "with", "command"));
    return command && !/deploy|publish/.test(command) ? undefined : step.action;
  }
  return DEPLOY_ACTION.test(step.action) ? step.action : undefined;
}

/** A cluster that lives for this run only. */
export const throwawayCluster = (job: Job): boolean =>
  /helm\/kind-action|engineerd\/setup-kind|setup-minikube|setup-k3s|absaoss\/k3d|kind create cluster|minikube start|k3d cluster create|localstack/i.test(
    [job.words, ...job.steps.map((step) => step.action)].join("\n"),
  );

export const isPullRequestOnly = (workflow: Workflow): boolean =>
  [...workflow.on.keys()].every((event) => event === "pull_request" || event === "merge_group");
