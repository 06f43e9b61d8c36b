import { Command } from "commander";
import { api } from "./api.ts";
import { language, print, printJson, table } from "./terminal.ts";

type Erasure = {
  id: string;
  requestedBy: string;
  requestedAt: string;
  completedAt: string | null;
  removed: number | null;
  state: "done" | "held" | "pending";
};

const STATES: Record<Erasure["state"], { en: string; ja: string }> = {
  done: { en: "erased", ja: "消去済み" },
  held: { en: "waits until the legal hold is released", ja: "訴訟ホールドの解除待ち" },
  pending: { en: "is being carried out", ja: "消去中" },
};

export const erasureCommand = () =>
  new Command("erasure")
    .description("erasure of what is known of a person")
    .addCommand(
      new Command("request")
        .description("erase the values behind a person's pseudonyms in the audit record")
        .argument("<subject>", "the name the person signs in with, for example alice")
        .option("--json", "as JSON")
        .action(async (subject: string, options: { json?: boolean }) => {
          const erasure = await (await api()).post<Erasure>("/v1/erasures", { subject });
          if (options.json) return printJson(erasure);
          print(`${erasure.id}  ${STATES[erasure.state][language()]}  ${erasure.removed ?? "—"}`);
        }),
    )
    .addCommand(
      new Command("list")
        .description("requests, newest first; whom they were about is not kept")
        .option("--json", "as JSON")
        .action(async (options: { json?: boolean }) => {
          const answer = await (await api()).get<{ erasures: Erasure[] }>("/v1/erasures");
          if (options.json) return printJson(answer);
          print(
            table([
              ["ID", "STATE", "BY", "REQUESTED", "COMPLETED", "REMOVED"],
              ...answer.erasures.map((e) => [
                ...[e.id, STATES[e.state][language()], e.requestedBy, e.requestedAt, e.completedAt ?? "—"],
                e.removed === null ? "—" : String(e.removed),
              ]),
            ]),
          );
        }),
    );
