import { Command, Option } from "commander";
import type { CommitmentsView } from "../commitments/index.ts";
import { api } from "./api.ts";
import { language, print, printJson, table } from "./terminal.ts";

export const commitmentsCommand = () =>
  new Command("commitments")
    .description("every commitment with its state and evidence")
    .addOption(
      new Option("--state <state>", "only this state").choices([
        "proven",
        "failing",
        "stale",
        "unproven",
        "accepted",
      ]),
    )
    .option("--json", "as JSON")
    .action(async (options: { state?: string; json?: boolean }) => {
      const query = options.state ? `?state=${options.state}` : "";
      const view = await (await api()).get<CommitmentsView>(`/v1/commitments${query}`);
      if (options.json) return printJson(view);
      const lang = language();
      print(
        table(
          view.commitments.map((row) => [
            row.id,
            row.state,
            row.value,
            row.evidence?.measured ?? "—",
            row.says[lang],
          ]),
        ),
      );
      const counts = Object.entries(view.counts).map(([state, number]) => `${number} ${state}`);
      print(`\n${view.total} commitments: ${counts.join(", ")}`);
    });
