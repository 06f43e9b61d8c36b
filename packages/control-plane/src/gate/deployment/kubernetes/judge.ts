import { DEPLOYMENT_CHECKS as C } from "../checks.ts";
import { taggingOf } from "../images.ts";
import { at, entries, entry, items, number, text } from "../node.ts";
import { report, shown } from "../scope.ts";
import { holdsSecret, isLiteral, isPlaceholder, namesSecret, secretLines } from "../secrets.ts";
import { judgePlainValue } from "../shared.ts";
import { judgeJob } from "./jobs.ts";
import { judgePod, volumesOf } from "./pods.ts";
import {
  autoscalerOf,
  type Cluster,
  isPatch,
  isWorkload,
  labels,
  podLabels,
  podOf,
  type Resource,
  selects,
  share,
} from "./resources.ts";

/** Judges each resource of a set; what one of them says may excuse another. */
export function judgeCluster(cluster: Cluster): void {
  for (const one of cluster.resources) {
    if (isWorkload(one)) {
      judgePod(cluster, one);
      if (
        /^(Deployment|Rollout|DeploymentConfig|ReplicaSet|ReplicationController|StatefulSet)$/.test(one.kind)
      )
        judgeService(cluster, one);
      else if (one.kind === "Pod") judgeBarePod(one);
      else if (one.kind === "Job" || one.kind === "CronJob") judgeJob(one);
    } else if (one.kind === "Secret") judgeSecret(one);
    else if (one.kind === "ConfigMap") judgeConfigMap(one);
    else if (one.kind === "Service") judgeExposure(one);
    else if (one.kind === "PodDisruptionBudget") judgeBudget(cluster, one);
    else if (one.kind === "Ingress") judgeIngress(one);
    else if (one.kind === "PersistentVolume") judgeVolume(one);
    else if (one.kind === "HorizontalPodAutoscaler") judgeAutoscaler(cluster, one);
    else if (one.kind === "Kustomization") judgeKustomization(one);
  }
}

const SINGLETON = /(^|-)(beat|scheduler|operator|controller|leader|singleton|cron)(-|$)/;

/** Must run once by its nature: set by the user, or said by its name or annotation. */
function isSingleton(one: Resource): boolean {
  return one.scope.settings.singletons.includes(one.name) || SINGLETON.test(one.name);
}

function judgeService(cluster: Cluster, one: Resource): void {
  const { scope, node } = one;
  const patch = isPatch(one);
  const replicas = at(node, "spec", "replicas");
  const stated = number(replicas);
  const scaler = autoscalerOf(cluster, one);
  const minimum = scope.settings.minimumReplicas;
  const patched = cluster.resources.some(
    (other) =>
      other !== one &&
      other.kind === one.kind &&
      other.name === one.name &&
      isPatch(other) &&
      (number(at(other.node, "spec", "replicas")) ?? 0) >= minimum,
  );
  const count = cluster.replicas.get(one.name) ?? stated ?? (replicas ? undefined : 1);
  const excused = patched || (scaler && scaler.minimum >= minimum) || (patch && !replicas) || count === 0;
  if (count !== undefined && count < minimum && !excused) {
    // An autoscaler with a low minimum is told so itself.
    const development = /^(dev|development|test|sandbox|preview|local)$/.test(one.namespace);
    const soft = isSingleton(one) || one.kind === "StatefulSet" || development;
    const span = replicas ?? entry(node, "kind") ?? node;
    if (!scaler) report(scope, C.singleReplica, span, { name: one.name, count }, soft ? "warn" : undefined);
  }
  judgeStrategy(one, Math.max(scaler?.minimum ?? 0, cluster.replicas.get(one.name) ?? stated ?? 1));
  if (patch) return;
  if (one.kind === "Deployment" && (count ?? 2) >= 2) {
    const own = podLabels(one);
    const budget = cluster.resources.some(
      (other) =>
        other.kind === "PodDisruptionBudget" &&
        selects(labels(at(other.node, "spec", "selector", "matchLabels")), own),
    );
    if (!budget) report(scope, C.noDisruptionBudget, entry(node, "kind") ?? node, { name: one.name });
  }
  if (one.kind === "StatefulSet") return;
  if ((count ?? 2) < 2 && !scaler) return;
  const pod = podOf(one);
  for (const volume of pod ? volumesOf(pod) : []) {
    const claim = text(at(volume, "persistentVolumeClaim", "claimName"));
    const claimed = cluster.resources.find(
      (other) => other.kind === "PersistentVolumeClaim" && other.name === claim,
    );
    const modes = items(at(claimed?.node, "spec", "accessModes")).map((mode) => text(mode));
    if (claimed && modes.length > 0 && modes.every((mode) => /^ReadWriteOnce(Pod)?$/.test(mode ?? "")))
      report(scope, C.sharedVolume, volume, { name: one.name, claim: claim! });
  }
}

function judgeStrategy(one: Resource, count: number): void {
  const { scope, node, name } = one;
  const strategy = at(node, "spec", "strategy");
  const type = at(strategy, "type");
  if (text(type) === "Recreate")
    report(scope, C.recreate, type, { name }, isSingleton(one) ? "warn" : undefined);
  const unavailable =
    at(strategy, "rollingUpdate", "maxUnavailable") ??
    at(node, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable");
  const lost = share(unavailable, count);
  if (
    unavailable &&
    lost !== undefined &&
    (lost >= count || text(unavailable) === "100%") &&
    (count > 1 || text(unavailable) === "100%")
  )
    report(scope, C.allAtOnce, unavailable, { name, setting: `maxUnavailable: ${text(unavailable)}` });
  const update = at(node, "spec", "updateStrategy", "type");
  if (text(update) === "OnDelete")
    report(scope, C.noRollback, update, { name, setting: "updateStrategy: OnDelete" }, "warn");
  const history = at(node, "spec", "revisionHistoryLimit");
  if (number(history) === 0)
    report(scope, C.noRollback, history, { name, setting: "revisionHistoryLimit: 0" });
  const paused = at(node, "spec", "paused");
  if (text(paused) === "true") report(scope, C.noRollback, paused, { name, setting: "paused: true" }, "warn");
}

function judgeBarePod(one: Resource): void {
  const hook = text(at(one.node, "metadata", "annotations", "helm.sh/hook"));
  const ends = /^(Never|OnFailure)$/.test(text(at(one.node, "spec", "restartPolicy")) ?? "");
  const owned = items(at(one.node, "metadata", "ownerReferences")).length > 0;
  if (hook || owned) return;
  report(
    one.scope,
    C.barePod,
    entry(one.node, "kind") ?? one.node,
    { name: one.name },
    ends ? "warn" : undefined,
  );
}

function judgeAutoscaler(cluster: Cluster, one: Resource): void {
  const minimum = at(one.node, "spec", "minReplicas");
  const value = number(minimum) ?? 1; // Kubernetes' default
  const name = text(at(one.node, "spec", "scaleTargetRef", "name")) ?? one.name;
  const target = cluster.resources.find(
    (other) => other.name === name && isWorkload(other) && !isPatch(other),
  );
  if (value >= one.scope.settings.minimumReplicas || (minimum && number(minimum) === undefined)) return;
  const soft = target && isSingleton(target);
  report(
    one.scope,
    C.singleReplica,
    minimum ?? entry(one.node, "kind") ?? one.node,
    { name, count: value },
    soft ? "warn" : undefined,
  );
}

function judgeBudget(cluster: Cluster, one: Resource): void {
  const unavailable = at(one.node, "spec", "maxUnavailable");
  const available = at(one.node, "spec", "minAvailable");
  const selector = labels(at(one.node, "spec", "selector", "matchLabels"));
  const workload = cluster.resources.find(
    (other) => /^(Deployment|StatefulSet)$/.test(other.kind) && selects(selector, podLabels(other)),
  );
  const count =
    workload && (autoscalerOf(cluster, workload)?.minimum ?? number(at(workload.node, "spec", "replicas")));
  const blocks =
    /^0%?$/.test(text(unavailable) ?? "") ||
    text(available) === "100%" ||
    (count !== undefined && (number(available) ?? 0) >= count && count > 0);
  if (blocks) report(one.scope, C.pdbBlocks, unavailable ?? available ?? one.node, { name: one.name });
}

function judgeIngress(one: Resource): void {
  if (items(at(one.node, "spec", "tls")).length > 0) return;
  const outside = entries(at(one.node, "metadata", "annotations")).some((annotation) =>
    /certificate-arn|ssl-cert|managed-certificates|pre-shared-cert|entrypoints/.test(annotation.key),
  );
  if (!outside) report(one.scope, C.noTls, entry(one.node, "kind") ?? one.node, { name: one.name });
}

function judgeVolume(one: Resource): void {
  for (const kind of ["hostPath", "local"]) {
    const disk = at(one.node, "spec", kind);
    if (disk) report(one.scope, C.hostVolume, disk, { name: one.name, path: text(at(disk, "path")) ?? "" });
  }
}

/** Ports that datastores are known by. */
export const STORE_PORTS = new Map([
  [5432, "PostgreSQL"],
  [3306, "MySQL"],
  [1433, "SQL Server"],
  [27017, "MongoDB"],
  [6379, "Redis"],
  [9200, "Elasticsearch"],
  [9042, "Cassandra"],
  [11211, "Memcached"],
  [5984, "CouchDB"],
  [2379, "etcd"],
  [9092, "Kafka"],
  [5672, "RabbitMQ"],
]);

function judgeExposure(one: Resource): void {
  const type = text(at(one.node, "spec", "type"));
  if (type !== "LoadBalancer" && type !== "NodePort") return;
  const internal = entries(at(one.node, "metadata", "annotations")).some(
    (annotation) =>
      (/internal/i.test(annotation.key) && !/^(false|0\.0\.0\.0\/0)$/i.test(text(annotation.value) ?? "")) ||
      (/scheme|load-balancer-type/.test(annotation.key) && /internal/i.test(text(annotation.value) ?? "")),
  );
  const ranges = items(at(one.node, "spec", "loadBalancerSourceRanges")).map((range) => text(range));
  if (internal || (ranges.length > 0 && !ranges.includes("0.0.0.0/0"))) return;
  for (const port of items(at(one.node, "spec", "ports"))) {
    const value = number(at(port, "port"));
    const target = number(at(port, "targetPort"));
    const known = [value, target].find((candidate) => candidate !== undefined && STORE_PORTS.has(candidate));
    if (known !== undefined)
      report(
        one.scope,
        C.publicStore,
        port,
        { name: one.name, port: known },
        type === "NodePort" ? "warn" : undefined,
      );
  }
}

function judgeSecret(one: Resource): void {
  const { scope } = one;
  // SOPS and the like keep the shape of a Secret and encrypt its values.
  if (at(one.node, "sops")) return;
  for (const section of ["data", "stringData"]) {
    for (const { key, start, end, value } of entries(at(one.node, section))) {
      const raw = text(value) ?? "";
      const plain = section === "data" ? decode(raw) : raw;
      if (!isLiteral(raw) || plain.trim() === "" || /^(ENC\[|AgA[A-Za-z0-9+/]{100})/.test(raw)) continue;
      if (!isLiteral(plain) && plain !== raw) continue;
      if (isPlaceholder(plain) || isPlaceholder(raw))
        report(scope, C.secretPlaceholder, { start, end }, { name: key });
      else if (
        namesSecret(key) ||
        holdsSecret(plain) ||
        !/^(user(name)?|host|port|database|dbname|endpoint|region)$/i.test(key)
      )
        report(
          scope,
          C.secretInPlain,
          { start, end },
          { name: `${one.name}/${key}`, kind: "committed Secret" },
        );
    }
  }
}

function decode(value: string): string {
  if (!/^[A-Za-z0-9+/\s]+=*\s*$/.test(value)) return value;
  return Buffer.from(value, "base64").toString("utf8");
}

function judgeConfigMap(one: Resource): void {
  const { scope } = one;
  for (const { key, start, value } of entries(at(one.node, "data"))) {
    const body = text(value) ?? "";
    if (!body.includes("\n")) {
      judgePlainValue(scope, { start, end: value.end }, key, body);
      continue;
    }
    const code = /\.(py|js|mjs|ts|sh|bash|sql|lua|rb|go|php|pl|md|html|css|tmpl|tpl)$/.test(key);
    const line = code ? undefined : secretLines(body);
    if (line)
      report(
        scope,
        C.secretInPlain,
        { start, end: value.end },
        { name: shown(`${key}: ${line.key}`), kind: "in a ConfigMap" },
      );
    else if (holdsSecret(body))
      report(scope, C.secretInPlain, { start, end: value.end }, { name: key, kind: holdsSecret(body)! });
  }
}

function judgeKustomization(one: Resource): void {
  const { scope, node } = one;
  for (const image of items(at(node, "images"))) {
    const tag = at(image, "newTag");
    const reference = `${text(at(image, "newName")) ?? text(at(image, "name")) ?? "image"}:${text(tag) ?? ""}`;
    const tagging = tag && !at(image, "digest") ? taggingOf(reference) : "pinned";
    if (tagging === "latest") report(scope, C.latestImage, tag, { image: reference });
    else if (tagging === "moving") report(scope, C.movingImage, tag, { image: reference });
  }
  for (const generator of items(at(node, "secretGenerator")))
    for (const literal of items(at(generator, "literals"))) {
      const [name, ...value] = (text(literal) ?? "").split("=");
      const secret = value.join("=").replace(/^["']|["']$/g, "");
      if (!isLiteral(secret)) continue;
      if (isPlaceholder(secret)) report(scope, C.secretPlaceholder, literal, { name: name! });
      else report(scope, C.secretInPlain, literal, { name: name!, kind: "literal of a secretGenerator" });
    }
  for (const generator of items(at(node, "configMapGenerator")))
    for (const literal of items(at(generator, "literals"))) {
      const [name, ...value] = (text(literal) ?? "").split("=");
      judgePlainValue(scope, literal, name!, value.join("="));
    }
}
