import { DEPLOYMENT_CHECKS as C } from "../checks.ts";
import { alwaysHealthy, type Command, deletesAll } from "../commands.ts";
import { isDatastore, isDurableStore, isSidecar } from "../images.ts";
import { at, entries, isTrue, items, type Node, number, text, texts } from "../node.ts";
import { report, shown } from "../scope.ts";
import {
  isDataPath,
  isScratchPath,
  judgeCommand,
  judgeGrace,
  judgeImage,
  judgeVariable,
  localDatabaseIn,
  seconds,
} from "../shared.ts";
import { type Cluster, isPatch, podOf, type Resource, servicesOf } from "./resources.ts";

export type Container = { node: Node; name: string; image: string; imageNode?: Node; init: boolean };

export function containersOf(pod: Node | undefined): Container[] {
  const read = (node: Node, init: boolean): Container => {
    const imageNode = at(node, "image");
    return {
      node,
      name: text(at(node, "name")) ?? "",
      image: text(imageNode) ?? "",
      ...(imageNode ? { imageNode } : {}),
      init,
    };
  };
  return [
    ...items(at(pod, "initContainers")).map((node) => read(node, true)),
    ...items(at(pod, "containers")).map((node) => read(node, false)),
  ];
}

export const isJob = (one: Resource) => one.kind === "Job" || one.kind === "CronJob";

/** An agent of the node: it may see the host, and one runs on each node anyway. */
const isAgent = (one: Resource) => one.kind === "DaemonSet";

/** What holds for the pod of every workload. */
export function judgePod(cluster: Cluster, one: Resource): void {
  const { scope } = one;
  const pod = podOf(one);
  if (!pod) return;
  const patch = isPatch(one);
  const containers = containersOf(pod);
  if (!patch && !containers.some((container) => !container.init)) {
    report(scope, C.malformed, one.node, {
      what: `The ${one.kind} ${one.name} has no containers.`,
      whatJa: `${one.kind} ${one.name} にコンテナがない。`,
    });
    return;
  }
  for (const container of containers) judgeContainer(cluster, one, pod, container, patch);
  for (const name of ["hostNetwork", "hostPID", "hostIPC"]) {
    const set = at(pod, name);
    if (isTrue(set))
      report(scope, C.privileged, set, { name: one.name, setting: name }, isAgent(one) ? "warn" : undefined);
  }
  const grace = at(pod, "terminationGracePeriodSeconds");
  if (!isJob(one)) judgeGrace(scope, grace ?? pod, "terminationGracePeriodSeconds", number(grace));
  judgeVolumes(one, pod, containers);
  if (!isJob(one) && !patch && one.kind !== "DaemonSet") judgeProbes(one, containers);
  else if (one.kind === "DaemonSet" && !patch)
    for (const container of containers)
      if (!container.init && !at(container.node, "readinessProbe") && !at(container.node, "livenessProbe"))
        report(
          scope,
          C.noHealthCheck,
          container.node,
          { name: container.name, probe: "readinessProbe" },
          "warn",
        );
}

function judgeContainer(
  cluster: Cluster,
  one: Resource,
  pod: Node,
  container: Container,
  patch: boolean,
): void {
  const { scope } = one;
  const { node, name } = container;
  if (container.imageNode && container.image) {
    const changed = cluster.images.get(container.image.replace(/(@.*|:[^/:]*)$/, ""));
    const reference = changed
      ? `${changed.name ?? container.image.replace(/(@.*|:[^/:]*)$/, "")}${changed.digest ? `@${changed.digest}` : `:${changed.tag ?? ""}`}`
      : container.image;
    if (!changed || changed.tag || changed.digest) judgeImage(scope, container.imageNode, reference);
    else judgeImage(scope, container.imageNode, container.image);
  } else if (!patch && !container.imageNode)
    report(scope, C.malformed, node, {
      what: `The container ${name} has no image.`,
      whatJa: `コンテナ ${name} に image がない。`,
    });
  const claimed =
    volumesOf(pod).some((volume) => at(volume, "persistentVolumeClaim")) ||
    items(at(one.node, "spec", "volumeClaimTemplates")).length > 0;
  for (const variable of items(at(node, "env"))) {
    const key = text(at(variable, "name")) ?? "";
    const value = at(variable, "value");
    if (value) {
      judgeVariable(scope, value, key, text(value) ?? "");
      if (localDatabaseIn(key, text(value) ?? ""))
        report(scope, C.localDatabase, value, { name: key }, claimed || isJob(one) ? "warn" : undefined);
    }
    if (/AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)$/.test(key) && at(variable, "valueFrom", "secretKeyRef"))
      report(scope, C.longLivedKeys, variable, { name: key }, "warn");
  }
  const command = texts(at(node, "command"));
  const args = texts(at(node, "args"));
  const whole: Command = { argv: [...command, ...args], shell: false };
  const span = at(node, "command") ?? at(node, "args") ?? node;
  // Without a command the image's own entrypoint comes first, which is not here.
  if (command.length > 0)
    judgeCommand(scope, span, whole, { job: isJob(one) || container.init, simpleShell: "warn" });
  else judgeCommand(scope, span, whole, { job: true });
  const deleted = deletesAll(whole.argv.join(" "));
  if (deleted && (isJob(one) || container.init))
    report(scope, C.deleteAndReload, span, { name: `${one.name}/${name}`, what: deleted });
  judgeSecurity(one, pod, container, patch);
  judgeLifecycle(cluster, one, pod, container, patch);
  if (!patch && !at(node, "resources", "limits", "memory"))
    report(scope, C.noMemoryLimit, node, { name: name || one.name });
}

function judgeSecurity(one: Resource, pod: Node, { node, name, init }: Container, patch: boolean): void {
  const { scope } = one;
  const security = at(node, "securityContext");
  const severity = isAgent(one) ? ("warn" as const) : undefined;
  const privileged = at(security, "privileged");
  if (isTrue(privileged))
    report(scope, C.privileged, privileged, { name, setting: "privileged: true" }, severity);
  const escalation = at(security, "allowPrivilegeEscalation");
  if (isTrue(escalation))
    report(scope, C.privileged, escalation, { name, setting: "allowPrivilegeEscalation: true" }, severity);
  for (const added of items(at(security, "capabilities", "add")))
    if (/^(CAP_)?(ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|NET_ADMIN)$/.test(text(added) ?? ""))
      report(
        scope,
        C.privileged,
        added,
        { name, setting: `capability ${text(added)}` },
        init || /NET_ADMIN/.test(text(added)!) ? "warn" : severity,
      );
  const user = number(at(security, "runAsUser")) ?? number(at(pod, "securityContext", "runAsUser"));
  const nonRoot = isTrue(at(security, "runAsNonRoot")) || isTrue(at(pod, "securityContext", "runAsNonRoot"));
  if (user === 0 || (!patch && !nonRoot && user === undefined))
    report(scope, C.runsAsRoot, security ?? node, { name: name || one.name });
}

function judgeLifecycle(
  cluster: Cluster,
  one: Resource,
  pod: Node,
  container: Container,
  patch: boolean,
): void {
  if (container.init || isJob(one)) return;
  const { scope } = one;
  const preStop = at(container.node, "lifecycle", "preStop");
  const grace = number(at(pod, "terminationGracePeriodSeconds")) ?? 30; // Kubernetes' default
  const asked =
    /\bsleep\s+["']?(\d+(?:\.\d+)?[smh]?)\b/.exec(texts(at(preStop, "exec", "command")).join(" "))?.[1] ??
    text(at(preStop, "sleep", "seconds"));
  const sleep = seconds(asked);
  if (preStop && sleep !== undefined && sleep >= grace && grace >= 3 && !patch)
    report(scope, C.preStopTooLong, preStop, { sleep, grace });
  if (
    !preStop &&
    !patch &&
    one.kind === "Deployment" &&
    at(container.node, "ports") &&
    servicesOf(cluster, one).length
  )
    report(scope, C.noPreStop, container.node, { name: container.name });
}

function judgeProbes(one: Resource, containers: Container[]): void {
  const { scope } = one;
  const main = containers.filter(
    (container) => !container.init && !isSidecar(container.name, container.image),
  );
  const all = main.length ? main : containers.filter((container) => !container.init);
  const ported = all.filter((container) => items(at(container.node, "ports")).length > 0);
  const ready = (container: Container) => at(container.node, "readinessProbe");
  const severity = one.kind === "Pod" ? ("warn" as const) : undefined;
  if (ported.length > 0) {
    const some = ported.some(ready);
    for (const container of ported)
      if (!ready(container))
        report(
          scope,
          C.noHealthCheck,
          container.node,
          { name: container.name, probe: "readinessProbe" },
          some ? "warn" : severity,
        );
  } else if (
    !all.some(
      (container) =>
        ready(container) || at(container.node, "livenessProbe") || at(container.node, "startupProbe"),
    )
  ) {
    const first = all[0]!;
    report(scope, C.noHealthCheck, first.node, { name: first.name, probe: "readinessProbe" }, severity);
  }
  for (const container of all) {
    const live = at(container.node, "livenessProbe");
    const readiness = ready(container);
    if (!live) report(scope, C.noLiveness, container.node, { name: container.name });
    else if (readiness && probeOf(live) === probeOf(readiness))
      report(scope, C.sameProbe, live, { name: container.name });
    for (const probe of [live, readiness]) {
      const command = texts(at(probe, "exec", "command"));
      const script =
        command[0] && /sh$/.test(command[0]) && command.length > 2 ? command.at(-1)! : command.join(" ");
      if (probe && command.length > 0 && alwaysHealthy(script))
        report(scope, C.emptyHealthCheck, probe, { name: container.name });
    }
  }
}

const probeOf = (probe: Node): string =>
  JSON.stringify(
    ["httpGet", "tcpSocket", "exec", "grpc"].map((kind) => {
      const node = at(probe, kind);
      return node && [kind, text(at(node, "path")), text(at(node, "port")), texts(at(node, "command"))];
    }),
  );

export const volumesOf = (pod: Node): Node[] => items(at(pod, "volumes"));

/** A folder named for data holds what people rely on, unless the whole thing is called a cache. */
const isTruth = (one: Resource, container: Container, path: string): boolean =>
  !/cache/i.test(`${one.name} ${container.name}`) &&
  (isDatastore(container.image) || /\/data\/?$/.test(path));

function judgeVolumes(one: Resource, pod: Node, containers: Container[]): void {
  const { scope } = one;
  const mountsOf = (name: string) =>
    containers.flatMap((container) =>
      items(at(container.node, "volumeMounts"))
        .filter((mount) => text(at(mount, "name")) === name)
        .map((mount) => ({
          container,
          path: text(at(mount, "mountPath")) ?? "",
          readOnly: isTrue(at(mount, "readOnly")),
          mount,
        })),
    );
  for (const volume of volumesOf(pod)) {
    const name = text(at(volume, "name")) ?? "";
    const host = at(volume, "hostPath");
    const mounts = mountsOf(name);
    if (host) {
      const path = text(at(host, "path")) ?? "";
      const severity = isAgent(one) ? ("warn" as const) : undefined;
      if (/(docker|containerd|crio|podman)\.sock$/.test(path))
        report(scope, C.runtimeSocket, host, { name: one.name, path }, severity);
      else if (
        /^\/(etc\/localtime|usr\/share\/zoneinfo|dev(\/|$)|sys(\/|$)|lib\/modules|etc\/ssl)/.test(path) ||
        isAgent(one)
      )
        report(scope, C.hostVolume, host, { name: one.name, path }, "warn");
      else {
        const readOnly = mounts.length > 0 && mounts.every((mount) => mount.readOnly);
        report(scope, C.hostVolume, host, { name: one.name, path }, readOnly ? "warn" : undefined);
      }
    }
    const empty = entries(volume).some((entry) => entry.key === "emptyDir");
    if (empty && !isJob(one))
      for (const { container, path, mount } of mounts) {
        const store = isDurableStore(container.image);
        if (isSidecar(container.name, container.image) || isScratchPath(path)) continue;
        if (
          store
            ? isDataPath(path)
            : /(uploads?|attachments?|userfiles|documents|media|database|sqlite|persist)/i.test(path)
        )
          report(scope, C.ephemeralData, mount, { name: container.name, path });
        else if (isDataPath(path))
          report(
            scope,
            C.ephemeralData,
            mount,
            { name: container.name, path },
            isTruth(one, container, path) ? undefined : "warn",
          );
      }
  }
  if (isJob(one) || isPatch(one) || one.kind === "DaemonSet") return;
  const templates = items(at(one.node, "spec", "volumeClaimTemplates"));
  for (const container of containers)
    if (
      isDurableStore(container.image) &&
      items(at(container.node, "volumeMounts")).length === 0 &&
      templates.length === 0
    )
      report(scope, C.storeWithoutVolume, container.node, { name: shown(container.name) });
}
