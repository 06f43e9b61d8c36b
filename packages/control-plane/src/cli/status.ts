import { Command } from "commander";
import { readConfig } from "../app/config.ts";
import type { Overview } from "../http/index.ts";
import { api } from "./api.ts";
import { language, print, printJson, table } from "./terminal.ts";

export const statusCommand = () =>
  new Command("status")
    .description("what runs and how well, in one screen")
    .option("--json", "as JSON")
    .action(async (options: { json?: boolean }) => {
      const client = await api();
      const overview = await client.get<Overview>("/v1/overview");
      if (options.json) return printJson(overview);
      const { token } = await client.post<{ token: string }>("/v1/sign-in-links", {});
      print(statusText(overview, language()));
      print(`\nConsole: http://127.0.0.1:${readConfig().port}/?token=${token}`);
    });

export function statusText(overview: Overview, lang: "en" | "ja"): string {
  const parts = [`${overview.title[lang]} · ${overview.environment} · ${overview.at}`];
  for (const note of overview.environmentNotes) parts.push(`  ${note[lang]}`);
  parts.push(
    table([
      ["SERVICE", "STATE", "VERSIONS", "REQ/S", "ERRORS", "P99"],
      ...overview.services.map((service) => [
        service.name,
        service.state,
        service.versions.map((v) => `${v.version} ${v.weight} %`).join(", ") || "—",
        shown(service.now.requestsPerSecond, (n) => n.toFixed(1)),
        shown(service.now.errorRatio, (n) => `${(n * 100).toFixed(2)} %`),
        shown(service.now.p99Ms, (n) => `${n.toFixed(0)} ms`),
      ]),
    ]),
  );
  for (const rollout of overview.rollouts.filter((r) => r.result === null)) {
    const step = rollout.steps.findLast((s) => s.verdict !== null);
    parts.push(
      `rollout  ${rollout.service} ${rollout.fromVersion ?? "—"} → ${rollout.version}: ${step ? `${step.weight} %, ${step.observedSeconds} s observed` : rollout.state}`,
    );
  }
  for (const alert of overview.alerts.filter((a) => a.state === "firing")) {
    parts.push(
      `ALERT    ${alert.severity}  ${alert.title[lang]} — ${alert.impact[lang]} (runbook ${alert.runbook})`,
    );
  }
  for (const incident of overview.incidents.filter((i) => i.state === "open")) {
    parts.push(`INCIDENT ${incident.severity}  ${incident.title[lang]}, open since ${incident.openedAt}`);
  }
  const counts = Object.entries(overview.commitments.counts).map(([state, number]) => `${number} ${state}`);
  parts.push(`${overview.commitments.total} commitments: ${counts.join(", ")}`);
  return parts.join("\n");
}

const shown = (value: number | null, format: (value: number) => string) =>
  value === null ? "no data" : format(value);
