import { at, items, type Node, number, text } from "../node.ts";
import type { Scope } from "../scope.ts";

export type Resource = {
  scope: Scope;
  node: Node;
  kind: string;
  apiVersion: string;
  name: string;
  namespace: string;
};

/** What the other manifests of a set say about a workload. */
export type Cluster = {
  resources: Resource[];
  /** Replicas and images that kustomizations set, by name. */
  replicas: Map<string, number>;
  images: Map<string, { name?: string; tag?: string; digest?: string }>;
};

/** Resources of a document; a List is taken apart. */
export function resourcesOf(scope: Scope, document: Node): Resource[] {
  const kind = text(at(document, "kind")) ?? "";
  if (kind === "List" || (/List$/.test(kind) && at(document, "items")))
    return items(at(document, "items")).flatMap((one) => resourcesOf(scope, one));
  return [
    {
      scope,
      node: document,
      kind,
      apiVersion: text(at(document, "apiVersion")) ?? "",
      name: text(at(document, "metadata", "name")) ?? text(at(document, "metadata", "generateName")) ?? "",
      namespace: text(at(document, "metadata", "namespace")) ?? "",
    },
  ];
}

export function clusterOf(resources: Resource[]): Cluster {
  const cluster: Cluster = { resources, replicas: new Map(), images: new Map() };
  for (const one of resources) {
    if (one.kind !== "Kustomization" && one.kind !== "Component") continue;
    for (const entry of items(at(one.node, "replicas"))) {
      const name = text(at(entry, "name"));
      const count = number(at(entry, "count"));
      if (name && count !== undefined) cluster.replicas.set(name, count);
    }
    for (const entry of items(at(one.node, "images"))) {
      const name = text(at(entry, "name"));
      const change: { name?: string; tag?: string; digest?: string } = {};
      const newName = text(at(entry, "newName"));
      const tag = text(at(entry, "newTag"));
      const digest = text(at(entry, "digest"));
      if (newName) change.name = newName;
      if (tag) change.tag = tag;
      if (digest) change.digest = digest;
      if (name) cluster.images.set(name, change);
    }
  }
  return cluster;
}

const WORKLOADS =
  /^(Deployment|StatefulSet|DaemonSet|ReplicaSet|ReplicationController|Job|CronJob|Pod|Rollout|DeploymentConfig)$/;

export const isWorkload = (one: Resource): boolean =>
  WORKLOADS.test(one.kind) || (one.kind === "Service" && one.apiVersion.startsWith("serving.knative.dev"));

/** The pod's `spec` of a workload. */
export function podOf(one: Resource): Node | undefined {
  if (one.kind === "Pod") return at(one.node, "spec");
  if (one.kind === "CronJob") return at(one.node, "spec", "jobTemplate", "spec", "template", "spec");
  return at(one.node, "spec", "template", "spec");
}

/** A patch carries only what it changes: what is missing in it says nothing. */
export function isPatch(one: Resource): boolean {
  const containers = items(at(podOf(one), "containers"));
  if (containers.some((container) => at(container, "image"))) return false;
  if (one.kind === "CronJob") return !at(one.node, "spec", "schedule");
  return !at(one.node, "spec", "selector") && one.kind !== "Pod";
}

/** Autoscalers (HorizontalPodAutoscaler, KEDA ScaledObject) of a workload, with their minimum. */
export function autoscalerOf(
  cluster: Cluster,
  workload: Resource,
): { resource: Resource; minimum: number } | undefined {
  for (const one of cluster.resources) {
    const keda = one.kind === "ScaledObject";
    if (one.kind !== "HorizontalPodAutoscaler" && !keda) continue;
    const target = at(one.node, "spec", "scaleTargetRef");
    if (text(at(target, "name")) !== workload.name) continue;
    if ((text(at(target, "kind")) ?? "Deployment") !== workload.kind) continue;
    if (one.namespace && workload.namespace && one.namespace !== workload.namespace) continue;
    const minimum = number(at(one.node, "spec", keda ? "minReplicaCount" : "minReplicas"));
    return { resource: one, minimum: minimum ?? (keda ? 0 : 1) };
  }
  return undefined;
}

/** Labels of the pods of a workload. */
export function podLabels(one: Resource): Map<string, string> {
  const metadata =
    one.kind === "Pod"
      ? at(one.node, "metadata", "labels")
      : at(one.node, "spec", "template", "metadata", "labels");
  return labels(metadata);
}

export const labels = (node: Node | undefined): Map<string, string> =>
  new Map((node?.entries ?? []).map((entry) => [entry.key, text(entry.value) ?? ""]));

/** Whether a selector of equal labels is not empty and holds for these labels. */
export const selects = (selector: Map<string, string>, of: Map<string, string>): boolean =>
  selector.size > 0 && [...selector].every(([key, value]) => of.get(key) === value);

/** Services of the set that send traffic to a workload. */
export const servicesOf = (cluster: Cluster, workload: Resource): Resource[] =>
  cluster.resources.filter(
    (one) => one.kind === "Service" && selects(labels(at(one.node, "spec", "selector")), podLabels(workload)),
  );

/** A percentage or a count; `of` is what 100 % means. */
export function share(node: Node | undefined, of: number): number | undefined {
  const value = text(node);
  if (value === undefined) return undefined;
  const percent = /^(\d+)%$/.exec(value);
  if (percent) return (Number(percent[1]) / 100) * of;
  return /^\d+$/.test(value) ? Number(value) : undefined;
}
