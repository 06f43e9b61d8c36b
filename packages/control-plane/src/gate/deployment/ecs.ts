import { DEPLOYMENT_CHECKS as C } from "./checks.ts";
import { alwaysHealthy, type Command, deletesAll } from "./commands.ts";
import { isDurableStore, isSidecar } from "./images.ts";
import {
  at,
  camelKeys,
  entries,
  entry,
  isFalse,
  isTrue,
  items,
  type Node,
  number,
  text,
  texts,
} from "./node.ts";
import { report, type Scope } from "./scope.ts";
import {
  isDataPath,
  judgeCommand,
  judgeGrace,
  judgeImage,
  judgeVariable,
  localDatabaseIn,
} from "./shared.ts";

/** What of ECS a file or template declares; all keys are camel case. */
export type Ecs = {
  tasks: { scope: Scope; node: Node; name: string }[];
  services: { scope: Scope; node: Node; name: string; template: boolean }[];
  groups: { scope: Scope; node: Node; name: string }[];
  /** Least tasks that scalable targets keep. */
  scaling: number[];
  /** Scheduled runs: what they start is no service. */
  scheduled: boolean;
};

export const noEcs = (): Ecs => ({ tasks: [], services: [], groups: [], scaling: [], scheduled: false });

/** Adds what a JSON document declares: a task or service definition, or what the AWS CLI answered for one. */
export function collectEcs(into: Ecs, scope: Scope, document: Node): void {
  const root = camelKeys(document);
  const task = at(root, "taskDefinition")?.kind === "map" ? at(root, "taskDefinition")! : root;
  if (entry(task, "containerDefinitions")) {
    into.tasks.push({ scope, node: task, name: text(at(task, "family")) ?? "task" });
    return;
  }
  const wrapped = at(root, "service")?.kind === "map" ? [at(root, "service")!] : items(at(root, "services"));
  for (const node of wrapped.length > 0 ? wrapped : [root])
    into.services.push({ scope, node, name: text(at(node, "serviceName")) ?? "service", template: false });
}

/** Adds a bare list of containers, as Terraform's `container_definitions` takes it. */
export function collectContainers(into: Ecs, scope: Scope, list: Node): void {
  const { start, end } = list;
  const key = { key: "containerDefinitions", start, end, value: camelKeys(list) };
  // Memory may be set on the task, which is elsewhere.
  const memory = {
    key: "memory",
    start,
    end,
    value: { ...list, kind: "scalar" as const, items: [], value: "elsewhere" },
  };
  into.tasks.push({ scope, node: { ...list, kind: "map", items: [], entries: [key, memory] }, name: "task" });
}

/** Adds what a CloudFormation template declares. */
export function collectTemplate(into: Ecs, scope: Scope, document: Node): void {
  for (const { key, value } of entries(at(document, "Resources"))) {
    const type = text(at(value, "Type")) ?? "";
    const node = camelKeys(at(value, "Properties") ?? value);
    if (type === "AWS::ECS::TaskDefinition") into.tasks.push({ scope, node, name: key });
    else if (type === "AWS::ECS::Service") into.services.push({ scope, node, name: key, template: true });
    else if (type === "AWS::CodeDeploy::DeploymentGroup") into.groups.push({ scope, node, name: key });
    else if (type === "AWS::ApplicationAutoScaling::ScalableTarget") {
      const minimum = number(at(node, "minCapacity"));
      if (minimum !== undefined) into.scaling.push(minimum);
    } else if (type === "AWS::Events::Rule" || type === "AWS::Scheduler::Schedule") into.scheduled = true;
  }
}

export function judgeEcs(ecs: Ecs): void {
  const balanced = ecs.services.some((one) => items(at(one.node, "loadBalancers")).length > 0);
  for (const task of ecs.tasks) judgeTask(task, balanced, ecs.scheduled && ecs.services.length === 0);
  for (const service of ecs.services) judgeService(service, ecs);
  for (const { scope, node, name } of ecs.groups) {
    const rollback = at(node, "autoRollbackConfiguration");
    if (!isTrue(at(rollback, "enabled")))
      report(scope, C.noRollback, rollback ?? node, { name, setting: "autoRollbackConfiguration" });
    if (/AllAtOnce$/.test(text(at(node, "deploymentConfigName")) ?? ""))
      report(scope, C.allAtOnce, at(node, "deploymentConfigName"), { name, setting: "AllAtOnce" }, "warn");
  }
}

function judgeTask({ scope, node, name }: Ecs["tasks"][number], balanced: boolean, job: boolean): void {
  const definitions = at(node, "containerDefinitions");
  const containers = items(definitions);
  if (containers.length === 0) {
    report(scope, C.malformed, definitions ?? node, {
      what: `The task definition ${name} has no containers.`,
      whatJa: `タスク定義 ${name} にコンテナがない。`,
    });
    return;
  }
  const mountsOf = (volume: string) =>
    containers.flatMap((container) =>
      items(at(container, "mountPoints"))
        .filter((mount) => text(at(mount, "sourceVolume")) === volume)
        .map((mount) => ({
          container,
          path: text(at(mount, "containerPath")) ?? "",
          readOnly: isTrue(at(mount, "readOnly")),
        })),
    );
  for (const volume of items(at(node, "volumes"))) {
    const label = text(at(volume, "name")) ?? "";
    const path = text(at(volume, "host", "sourcePath"));
    const mounts = mountsOf(label);
    if (path && /docker\.sock$/.test(path)) report(scope, C.runtimeSocket, volume, { name, path });
    else if (path) {
      const readOnly = mounts.length > 0 && mounts.every((mount) => mount.readOnly);
      report(
        scope,
        C.hostVolume,
        volume,
        { name, path },
        readOnly || /^\/(proc|sys|cgroup|etc)/.test(path) ? "warn" : undefined,
      );
    } else if (
      !at(volume, "efsVolumeConfiguration") &&
      !at(volume, "fsxWindowsFileServerVolumeConfiguration") &&
      !isTrue(at(volume, "configuredAtLaunch")) &&
      !at(volume, "dockerVolumeConfiguration")
    )
      for (const mount of mounts)
        if (isDataPath(mount.path) && !/(tmp|cache|run)(\/|$)/.test(mount.path))
          report(scope, C.ephemeralData, volume, {
            name: text(at(mount.container, "name")) ?? name,
            path: mount.path,
          });
  }
  for (const container of containers)
    judgeContainer(scope, node, container, { balanced, job, containers: containers.length });
}

type Around = { balanced: boolean; job: boolean; containers: number };

function judgeContainer(scope: Scope, task: Node, container: Node, around: Around): void {
  const name = text(at(container, "name")) ?? "container";
  const imageNode = at(container, "image");
  const image = text(imageNode) ?? "";
  if (!imageNode)
    report(scope, C.malformed, container, {
      what: `The container ${name} has no image.`,
      whatJa: `コンテナ ${name} に image がない。`,
    });
  // A rendered template may carry only the repository; `<IMAGE>` is filled in by the pipeline.
  else if (image && !/^<.*>$/.test(image)) judgeImage(scope, imageNode, image);
  const sidecar = isSidecar(name, image) || isFalse(at(container, "essential"));
  for (const variable of items(at(container, "environment"))) {
    const key = text(at(variable, "name")) ?? "";
    const value = at(variable, "value");
    const plain = text(value) ?? "";
    if (value) judgeVariable(scope, variable, key, plain);
    if (localDatabaseIn(key, plain)) report(scope, C.localDatabase, variable, { name: key });
  }
  for (const secret of items(at(container, "secrets")))
    if (/AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)$/.test(text(at(secret, "name")) ?? ""))
      report(scope, C.longLivedKeys, secret, { name: text(at(secret, "name"))! }, "warn");
  const health = at(container, "healthCheck");
  const words = texts(at(health, "command"));
  if (health && (words[0] === "NONE" || alwaysHealthy(words.slice(1).join(" "))))
    report(scope, C.emptyHealthCheck, health, { name });
  const serves = items(at(container, "portMappings")).length > 0;
  if (!health && !sidecar && !around.job) {
    const severe = serves && !around.balanced;
    report(scope, C.noHealthCheck, container, { name, probe: "healthCheck" }, severe ? "block" : "warn");
  }
  const stop = at(container, "stopTimeout");
  judgeGrace(
    scope,
    stop ?? container,
    `${name}: stopTimeout`,
    sidecar || around.job ? undefined : number(stop),
  );
  const whole: Command = {
    argv: [...texts(at(container, "entryPoint")), ...texts(at(container, "command"))],
    shell: false,
  };
  const init = isTrue(at(container, "linuxParameters", "initProcessEnabled"));
  judgeCommand(scope, at(container, "command") ?? at(container, "entryPoint") ?? container, whole, {
    init,
    job: around.job,
    simpleShell: "warn",
  });
  const deleted = deletesAll(whole.argv.join(" "));
  if (deleted)
    report(scope, C.deleteAndReload, at(container, "command") ?? container, { name, what: deleted });
  const privileged = at(container, "privileged");
  if (isTrue(privileged)) report(scope, C.privileged, privileged, { name, setting: "privileged: true" });
  const user = at(container, "user");
  if (/^(root|0)(:|$)/.test(text(user) ?? "")) report(scope, C.runsAsRoot, user, { name });
  const driver = at(container, "logConfiguration", "logDriver");
  if (text(driver) === "none") report(scope, C.logsDiscarded, driver, { name });
  else if (!at(container, "logConfiguration") && !sidecar)
    report(scope, C.noLogConfiguration, container, { name });
  if (!at(container, "memory") && !at(container, "memoryReservation") && !at(task, "memory"))
    report(scope, C.noMemoryLimit, container, { name });
  if (isDurableStore(image) && items(at(container, "mountPoints")).length === 0)
    report(scope, C.storeWithoutVolume, container, { name });
}

function judgeService({ scope, node, name, template }: Ecs["services"][number], ecs: Ecs): void {
  const daemon = text(at(node, "schedulingStrategy")) === "DAEMON";
  const minimum = scope.settings.minimumReplicas;
  const desired = at(node, "desiredCount");
  // CloudFormation starts one task when nothing is said; the API asks for the number.
  const count = number(desired) ?? (desired || !template ? undefined : 1);
  const scaled = ecs.scaling.some((one) => one >= minimum);
  if (!daemon && count !== undefined && count > 0 && count < minimum && !scaled)
    report(
      scope,
      C.singleReplica,
      desired ?? node,
      { name, count },
      scope.settings.singletons.includes(name) ? "warn" : undefined,
    );
  const deployment = at(node, "deploymentConfiguration");
  const healthy = at(deployment, "minimumHealthyPercent");
  const percent = number(healthy);
  if (percent === 0 && !daemon)
    report(scope, C.allAtOnce, healthy, { name, setting: "minimumHealthyPercent: 0" });
  else if (percent !== undefined && percent < 50 && !daemon)
    report(scope, C.allAtOnce, healthy, { name, setting: `minimumHealthyPercent: ${percent}` }, "warn");
  const controller = text(at(node, "deploymentController", "type")) ?? "ECS";
  if (controller !== "ECS") return;
  const breaker = at(deployment, "deploymentCircuitBreaker");
  const alarms = at(deployment, "alarms");
  const back = isTrue(at(breaker, "enable")) && isTrue(at(breaker, "rollback"));
  const alarmed = isTrue(at(alarms, "enable")) && isTrue(at(alarms, "rollback"));
  // A value by reference is decided elsewhere.
  const open = [at(breaker, "enable"), at(breaker, "rollback")].some((one) => one && text(one) === undefined);
  const partial = !template && !desired && !deployment && !at(node, "launchType");
  const staged = /^(BLUE_GREEN|CANARY|LINEAR)$/.test(text(at(deployment, "strategy")) ?? "");
  if (!back && !alarmed && !open && !partial)
    report(
      scope,
      C.noRollback,
      breaker ?? deployment ?? node,
      { name, setting: "deploymentCircuitBreaker" },
      staged ? "warn" : undefined,
    );
}
