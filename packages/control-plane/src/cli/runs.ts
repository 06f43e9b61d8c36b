import { Command } from "commander";
import { conflict } from "../platform/errors.ts";
import { api } from "./api.ts";
import { print, printJson, table } from "./terminal.ts";

type Presented = { step: number; planHash: string; inputDigest: string };
type Step = { index: number; name: string; state: string; attempt?: number };
type Run = {
  id: string;
  kind: string;
  target: string | null;
  state: string;
  requestedBy: string;
  startedAt: string;
  steps?: Step[];
};

export const runsCommand = () => {
  const command = new Command("runs").description("runs of rollouts and runbooks, newest first");
  command
    .command("list", { isDefault: true })
    .option("--json", "as JSON")
    .action(async (options: { json?: boolean }) => {
      const answer = await (await api()).get<{ runs: Run[] }>("/v1/runs");
      if (options.json) return printJson(answer);
      const rows = answer.runs.map((r) => [
        r.id,
        r.kind,
        r.target ?? "—",
        r.state,
        r.requestedBy,
        r.startedAt,
      ]);
      print(table([["RUN", "KIND", "TARGET", "STATE", "BY", "STARTED"], ...rows]));
    });
  command
    .command("show")
    .argument("<run>")
    .action(async (id: string) => printJson(await (await api()).get(`/v1/runs/${id}`)));
  command
    .command("cancel")
    .description("ask a run to stop at its next step and to compensate")
    .argument("<run>")
    .option("--reason <text>", "for the audit record", "cancelled by hand")
    .action(async (id: string, options: { reason: string }) => {
      await (await api()).post(`/v1/runs/${id}/cancel`, { reason: options.reason });
      print("cancel requested");
    });
  command
    .command("approve")
    .description("approve the step that the run waits for")
    .argument("<run>")
    .option("--as <person>", "who approves; not the one who requested it")
    .action(async (id: string, options: { as?: string }) => {
      const client = await api(options.as);
      const { approval } = await client.get<{ approval: Presented | null }>(`/v1/runs/${id}`);
      if (!approval)
        throw conflict("step_not_waiting", "This run waits for no approval.", "See `npx toban runs`.");
      const { missing } = await client.post<{ missing: number }>(`/v1/runs/${id}/approve`, {
        step: approval.step,
        planHash: approval.planHash,
        inputDigest: approval.inputDigest,
      });
      print(missing === 0 ? "approved" : `approved; ${missing} more must approve`);
    });
  command
    .command("decide")
    .description("say what became of a step whose outcome is unknown")
    .argument("<run>")
    .argument("<outcome>", "happened, did_not_happen or abort")
    .action(async (id: string, outcome: string) => {
      await (await api()).post(`/v1/runs/${id}/decide`, { outcome });
      print("decided");
    });
  return command;
};
