import { allCommitments } from "../bindings.ts";
import { partAt } from "../digest.ts";
import { error, type Finding } from "../findings.ts";
import type { Operations } from "../model.ts";
import { valuesIn } from "../walk.ts";

type Reference = {
  path: string;
  noun: string;
  name: string;
  known: (name: string) => boolean;
  names: string[];
};

/** Every name that stands in one part and has to exist in another. */
export function unknownReferences(operations: Operations): Finding[] {
  return [...references(operations), ...proofReferences(operations)]
    .filter(({ known, name }) => !known(name))
    .map(({ path, noun, name, names }) =>
      error("unknown-reference", path, `There is no ${noun} named “${name}”`, remedyFor(noun, name, names)),
    );
}

function references(operations: Operations): Reference[] {
  const found: Reference[] = [];
  const refer = (path: string, noun: string, name: string, among: Record<string, unknown>) =>
    found.push({ path, noun, name, known: (n) => Object.hasOwn(among, n), names: Object.keys(among) });
  const { services, rollouts, indicators, routes, channels, runbooks } = operations;

  for (const [name, service] of Object.entries(services)) {
    refer(`services.${name}.rollout`, "rollout", service.rollout, rollouts);
    service.dependsOn.forEach((other, i) => {
      refer(`services.${name}.dependsOn.${i}`, "service", other, services);
    });
    for (const [variable, value] of Object.entries(service.environment))
      if (typeof value === "object" && "serviceUrl" in value)
        refer(`services.${name}.environment.${variable}`, "service", value.serviceUrl, services);
  }
  for (const [name, environment] of Object.entries(operations.environments))
    for (const rollout of Object.keys(environment.rollouts))
      refer(`environments.${name}.rollouts.${rollout}`, "rollout", rollout, rollouts);
  for (const [name, indicator] of Object.entries(indicators))
    if (indicator.service !== undefined)
      refer(`indicators.${name}.service`, "service", indicator.service, services);
  for (const [name, objective] of Object.entries(operations.objectives))
    refer(`objectives.${name}.indicator`, "indicator", objective.indicator, indicators);
  for (const [name, alert] of Object.entries(operations.alerts)) {
    refer(`alerts.${name}.indicator`, "indicator", alert.indicator, indicators);
    refer(`alerts.${name}.route`, "route", alert.route, routes);
    // No runbook at all is reported as what it is; see alerts.ts.
    if (alert.runbook !== "") refer(`alerts.${name}.runbook`, "runbook", alert.runbook, runbooks);
  }
  for (const [name, route] of Object.entries(routes))
    refer(`routes.${name}.channel`, "channel", route.channel, channels);
  for (const [name, toggle] of Object.entries(operations.switches))
    toggle.services.forEach((service, i) => {
      refer(`switches.${name}.services.${i}`, "service", service, services);
    });
  return found;
}

function proofReferences(operations: Operations): Reference[] {
  const ids = new Set(allCommitments(operations).map(({ id }) => id));
  const commitment = (path: string, name: string): Reference => ({
    path,
    noun: "commitment",
    name,
    known: (n) => ids.has(n),
    names: [...ids],
  });
  const carried = Object.entries(operations)
    .filter(([noun]) => noun !== "registers")
    .flatMap(([noun, part]) => valuesIn(part, noun))
    .flatMap(({ path, value }) =>
      value.commitment === undefined ? [] : [commitment(path, value.commitment)],
    );
  return [
    ...carried,
    ...operations.proofs.flatMap((proof) =>
      proof.proves.map((id) => commitment(`proofs.${proof.id}.proves`, id)),
    ),
    ...operations.acceptances.map((item, i) => commitment(`acceptances.${i}.commitment`, item.commitment)),
    ...operations.proofs.flatMap((proof) =>
      proof.dependsOn.map((name) => dependency(operations, `proofs.${proof.id}.dependsOn`, name)),
    ),
  ];
}

/** "release:bff" and "runbook:x" name things of the definition; schemas and templates live outside of it. */
function dependency(operations: Operations, path: string, name: string): Reference {
  const [, prefix, rest = ""] = /^(release|runbook|schema|template):(.*)$/.exec(name) ?? [];
  if (prefix === undefined)
    return {
      path,
      noun: "part of the definition",
      name,
      known: (n) => partAt(operations, n) !== undefined,
      names: [],
    };
  if (prefix === "schema" || prefix === "template")
    return { path, noun: prefix, name, known: () => rest !== "", names: [] };
  const among = prefix === "release" ? operations.services : operations.runbooks;
  const noun = prefix === "release" ? "service" : "runbook";
  return { path, noun, name: rest, known: (n) => Object.hasOwn(among, n), names: Object.keys(among) };
}

function remedyFor(noun: string, name: string, names: string[]): string {
  const near = names
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (near !== undefined && near.distance <= 2) return `Did you mean “${near.candidate}”?`;
  if (names.length > 0 && names.length <= 12) return `Use one of: ${names.join(", ")}; or define it.`;
  return `Define the ${noun} or correct the name.`;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(previous[j]! + 1, current[j - 1]! + 1, replaced));
    }
    previous = current;
  }
  return previous[b.length]!;
}
