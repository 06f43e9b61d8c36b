import type * as Yaml from "yaml";
import { type Outcome, placesIn, type SourceFile } from "../finding.ts";
import { DEPLOYMENT_CHECKS as C } from "./checks.ts";
import { judgeCompose } from "./compose.ts";
import { judgeDockerfile } from "./dockerfile/judge.ts";
import { collectContainers, collectEcs, collectTemplate, type Ecs, judgeEcs, noEcs } from "./ecs.ts";
import { judgeCluster } from "./kubernetes/judge.ts";
import { clusterOf, type Resource, resourcesOf } from "./kubernetes/resources.ts";
import { at, entry, type Node, parseYaml, text } from "./node.ts";
import { kindOf } from "./recognise.ts";
import { isLenient, report, type Scope } from "./scope.ts";
import { type DeploymentSettings, deploymentSettings } from "./settings.ts";
import { judgeCrontab, judgeUnit } from "./timers.ts";
import { judgeAction, judgeWorkflow } from "./workflows/judge.ts";
import { readWorkflow, type Workflow } from "./workflows/read.ts";
import { judgeStages } from "./workflows/stages.ts";

export type DeploymentOptions = {
  /** The files are all that a repository has: what none of them does (run the tests, say) is then a finding. */
  wholeRepository?: boolean;
};

type Collected = { resources: Resource[]; ecs: Ecs; workflows: { scope: Scope; workflow: Workflow }[] };

/**
 * Judges a set of files that belong together: a PodDisruptionBudget, an autoscaler or a kustomization in one of them
 * counts for a Deployment in another.
 */
export async function checkDeployment(
  files: readonly SourceFile[],
  settings: DeploymentSettings = deploymentSettings.parse({}),
  options: DeploymentOptions = {},
): Promise<Outcome> {
  const library = await import("yaml");
  const collected: Collected = { resources: [], ecs: noEcs(), workflows: [] };
  const scopes = files.map(
    (file): Scope => ({
      file,
      place: placesIn(file),
      settings,
      lenient: isLenient(file.path),
      findings: [],
      seen: new Map(),
    }),
  );
  for (const scope of scopes) read(library, scope, collected);
  judgeCluster(clusterOf(collected.resources));
  judgeEcs(collected.ecs);
  if (options.wholeRepository) judgeStages(collected.workflows, settings.productionBranches);
  const findings = scopes.flatMap((scope) =>
    scope.findings.sort((a, b) => a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : 1)),
  );
  return { files: files.map((file) => file.path), findings };
}

function read(library: typeof Yaml, scope: Scope, collected: Collected): void {
  const { file } = scope;
  if (file.text.replace(/^\uFEFF/, "").trim() === "") {
    report(scope, C.malformed, undefined, {
      what: "The file is empty.",
      whatJa: "ファイルが空である。",
    });
    return;
  }
  if (file.text.includes("\0")) {
    report(scope, C.unparseable, undefined, { error: "it is no text" });
    return;
  }
  const kind = kindOf(file);
  if (kind === "dockerfile") {
    judgeDockerfile(scope);
    return;
  }
  if (kind === "crontab") {
    judgeCrontab(scope);
    return;
  }
  if (kind === "unit") {
    judgeUnit(scope);
    return;
  }
  if (kind === "other") {
    report(scope, C.unrecognised, undefined);
    return;
  }
  const workflow = kind === "workflow" || kind === "action";
  const template = workflow ? -1 : templateIn(file.text);
  if (template >= 0) {
    report(scope, C.unrendered, { start: template });
    return;
  }
  const parsed = parseYaml(library, file.text, kind === "json" || /^\s*\{/.test(file.text));
  if ("error" in parsed) {
    report(scope, C.unparseable, { start: parsed.offset }, { error: parsed.error });
    return;
  }
  if (parsed.documents.length === 0) {
    report(scope, C.malformed, undefined, {
      what: "The file has no document.",
      whatJa: "ファイルに内容がない。",
    });
    return;
  }
  let known = false;
  for (const document of parsed.documents) known = dispatch(scope, document, workflow, collected) || known;
  if (!known) report(scope, C.unrecognised, undefined);
}

/** Judges or collects one document; false when it is none of ours. */
function dispatch(scope: Scope, document: Node, workflow: boolean, collected: Collected): boolean {
  if (document.kind === "seq") {
    const container = document.items[0];
    if (
      text(at(container, "image")) &&
      ["portMappings", "essential", "cpu", "memory"].some((key) => at(container, key))
    ) {
      collectContainers(collected.ecs, scope, document);
      return true;
    }
    for (const one of document.items) if (one.kind === "map") dispatch(scope, one, workflow, collected);
    return document.items.some((one) => one.kind === "map" && at(one, "kind"));
  }
  if (document.kind !== "map") {
    if (workflow) notAnObject(scope, document);
    return workflow;
  }
  if (at(document, "runs") && !entry(document, "jobs")) {
    judgeAction(scope, document);
    return true;
  }
  if (workflow || (entry(document, "on") && entry(document, "jobs"))) {
    judgeWorkflow(scope, document);
    if (entry(document, "jobs")) collected.workflows.push({ scope, workflow: readWorkflow(document) });
    return true;
  }
  const chart =
    /^v[12]$/.test(text(at(document, "apiVersion")) ?? "") &&
    entry(document, "name") &&
    entry(document, "version");
  if (at(document, "apiVersion") && !at(document, "kind") && !chart) {
    report(scope, C.malformed, document, {
      what: "The manifest has no kind.",
      whatJa: "マニフェストに kind がない。",
    });
    return true;
  }
  const kind = text(at(document, "kind"));
  if (kind && (at(document, "apiVersion") || kind === "List")) {
    collected.resources.push(...resourcesOf(scope, document));
    return true;
  }
  if (/(^|\/)kustomization\.ya?ml$/.test(scope.file.path)) {
    collected.resources.push({
      scope,
      node: document,
      kind: "Kustomization",
      apiVersion: "",
      name: "",
      namespace: "",
    });
    return true;
  }
  if (at(document, "Resources")) {
    collectTemplate(collected.ecs, scope, document);
    return /AWS::(ECS|CodeDeploy)::/.test(scope.file.text);
  }
  if (
    entry(document, "services") &&
    !entry(document, "desiredCount") &&
    at(document, "services")?.kind !== "seq"
  ) {
    judgeCompose(scope, document);
    return true;
  }
  if (isEcs(document)) {
    collectEcs(collected.ecs, scope, document);
    return true;
  }
  return false;
}

function isEcs(document: Node): boolean {
  const has = (key: string) =>
    entry(document, key) !== undefined ||
    entry(document, key.charAt(0).toUpperCase() + key.slice(1)) !== undefined;
  if (has("containerDefinitions") || entry(at(document, "taskDefinition"), "containerDefinitions"))
    return true;
  if (has("serviceName") || has("desiredCount") || (has("taskDefinition") && has("cluster"))) return true;
  const services = at(document, "services") ?? at(document, "service");
  const first = services?.kind === "seq" ? services.items[0] : services;
  return Boolean(at(first, "desiredCount") ?? at(first, "serviceName"));
}

function notAnObject(scope: Scope, document: Node): void {
  report(scope, C.malformed, document, {
    what: "The document is no mapping of keys.",
    whatJa: "文書がキーと値の形になっていない。",
  });
}

const DIRECTIVE =
  /\{\{-?\s*(\.(Values|Release|Chart|Capabilities|Files|Template)\b|include\b|template\b|tpl\b|if\b|range\b|with\b|end\b|else\b|define\b|required\b|default\b|toYaml\b|lookup\b|\$\w*\.(Values|Chart|Release))|\{%-?\s*\w/;
const BRACES = /:\s*["']?\{\{-?\s*[\w.|$' -]+\s*-?\}\}/;

/** Where a template's directive stands in a manifest, or -1. What a manifest carries as text is its own business. */
function templateIn(source: string): number {
  const manifest = /^apiVersion\s*:/m.test(source);
  let offset = 0;
  for (const line of source.split("\n")) {
    if (!/^\s*#/.test(line)) {
      const found = DIRECTIVE.exec(line) ?? (manifest ? BRACES.exec(line) : null);
      // CloudFormation's dynamic references and Prometheus' label templates look alike.
      if (found && !/\{\{\s*(resolve:|\$labels|\$value)/.test(line)) return offset + found.index;
    }
    offset += line.length + 1;
  }
  return -1;
}
