import { Command } from "commander";
import { readConfig } from "../app/config.ts";
import { type GamedayReport, gameday } from "../app/gameday.ts";
import { unavailable } from "../platform/errors.ts";
import { createLogger } from "../platform/log.ts";
import { language, print, table } from "./terminal.ts";

export const gamedayCommand = () =>
  new Command("gameday")
    .description("the whole story on RingiFlow, unattended; exit 0 only when all happened as promised")
    .option("--json", "print one JSON object last")
    .action(async (options: { json?: boolean }) => {
      const say = (line: string) => process.stderr.write(`${line}\n`);
      const interrupted = new Promise<never>((_resolve, reject) => {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
          process.once(signal, () =>
            reject(unavailable("interrupted", `The gameday was ended by ${signal}.`, "Run it again.")),
          );
        }
      });
      interrupted.catch(() => {});
      const log = createLogger("gameday", "warn");
      const report = await gameday(readConfig(), log, say, language(), interrupted);
      if (options.json) print(JSON.stringify(report));
      else print(summary(report));
      process.exitCode = report.ok ? 0 : 1;
    });

export function summary(report: GamedayReport): string {
  const rollouts = report.rollouts.map((r) => [
    r.version,
    r.result ?? "—",
    r.steps.map((step) => `${step.weight} % ${step.verdict ?? "not reached"}`).join(" → "),
    r.rollbackSeconds === null ? "" : `weight 0 after ${r.rollbackSeconds.toFixed(1)} s`,
  ]);
  const counts = Object.entries(report.commitments).map(([state, number]) => `${number} ${state}`);
  return [
    "",
    table([["VERSION", "RESULT", "STEPS", ""], ...rollouts]),
    "",
    ...report.alerts.map((alert) => `alert     ${alert.id}  ${alert.severity}  ${alert.state}`),
    ...report.incidents.flatMap((incident) => [
      `incident  ${incident.id}  ${incident.state}`,
      ...incident.timeline.map((line) => `          ${line}`),
    ]),
    "",
    table([["PROVEN", "MEASURED"], ...report.proven.map((p) => [p.commitment, p.measured])]),
    "",
    `commitments: ${counts.join(", ")}`,
    `requests: ${report.requests.total}, of which users saw ${report.requests.failedByUsers} fail`,
    ...report.faults.map((fault) => `NOT AS PROMISED: ${fault}`),
    report.ok ? "gameday: everything happened as promised" : "gameday: failed",
  ].join("\n");
}
