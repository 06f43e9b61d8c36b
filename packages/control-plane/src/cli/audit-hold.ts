import { Command } from "commander";
import type { HoldView } from "../audit/index.ts";
import { api } from "./api.ts";
import { print, printJson, table } from "./terminal.ts";

/** While a hold is open, nothing of the audit record is pruned. */
export const auditHoldCommand = () =>
  new Command("hold")
    .description("open a legal hold: nothing of the audit record is pruned until it is released")
    .requiredOption("--reason <text>", "kept with it, and in the record")
    .option("--incident <id>", "the incident it is for")
    .action(async (options: { reason: string; incident?: string }) => {
      const { id } = await (await api()).post<{ id: string }>("/v1/audit/holds", options);
      print(`${id} is open. End it with: toban audit release ${id} --reason …`);
    });

export const auditReleaseCommand = () =>
  new Command("release")
    .description("release a legal hold")
    .argument("<id>")
    .requiredOption("--reason <text>", "kept in the record")
    .action(async (id: string, options: { reason: string }) => {
      await (await api()).post(`/v1/audit/holds/${encodeURIComponent(id)}/release`, options);
      print(`${id} is released.`);
    });

export const auditHoldsCommand = () =>
  new Command("holds")
    .description("legal holds, open ones first")
    .option("--json", "as JSON")
    .action(async (options: { json?: boolean }) => {
      const answer = await (await api()).get<{ holds: HoldView[] }>("/v1/audit/holds");
      if (options.json) return printJson(answer);
      print(
        table(
          answer.holds.map((hold) => [
            ...[hold.id, hold.releasedAt ? `released ${hold.releasedAt}` : "open", hold.createdAt],
            ...[hold.createdBy, hold.incident ?? "-", hold.reason],
          ]),
        ),
      );
    });
