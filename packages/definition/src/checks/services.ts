import { error, type Finding } from "../findings.ts";
import type { Operations, Service } from "../model.ts";

/** Services start after what they depend on, so a circle can never start. */
export function dependencyCycles(operations: Operations): Finding[] {
  const findings: Finding[] = [];
  const done = new Set<string>();
  const visit = (name: string, trail: string[]): void => {
    if (trail.includes(name)) {
      const circle = [...trail.slice(trail.indexOf(name)), name];
      findings.push(
        error(
          "dependency-cycle",
          `services.${name}.dependsOn`,
          `These services wait for each other: ${circle.join(" → ")}`,
          "Remove one of the dependencies.",
        ),
      );
      return;
    }
    if (done.has(name)) return;
    for (const other of needs(operations.services[name])) visit(other, [...trail, name]);
    done.add(name);
  };
  for (const name of Object.keys(operations.services)) visit(name, []);
  return findings;
}

function needs(service: Service | undefined): Set<string> {
  if (service === undefined) return new Set();
  const urls = Object.values(service.environment).flatMap((value) =>
    typeof value === "object" && "serviceUrl" in value ? [value.serviceUrl] : [],
  );
  return new Set([...service.dependsOn, ...urls]);
}

/** A service without a listener has no URL that another could be given. */
export function urlsWithoutListener(operations: Operations): Finding[] {
  return Object.entries(operations.services).flatMap(([name, service]) =>
    Object.entries(service.environment).flatMap(([variable, value]) => {
      if (typeof value !== "object" || !("serviceUrl" in value)) return [];
      if (operations.services[value.serviceUrl]?.exposure !== "none") return [];
      return error(
        "service-without-listener",
        `services.${name}.environment.${variable}`,
        `“${value.serviceUrl}” takes no traffic, so it has no URL`,
        'Give that service the exposure "internal", or do not ask for its URL.',
      );
    }),
  );
}
