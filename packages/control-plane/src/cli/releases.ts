import { Command } from "commander";
import { api } from "./api.ts";
import { print, printJson, table } from "./terminal.ts";

type Release = {
  service: string;
  version: string;
  fromVersion: string | null;
  result: string;
  requestedBy: string;
  startedAt: string;
  digest: string;
};

export const releasesCommand = () =>
  new Command("releases")
    .description("the release ledger, newest first")
    .argument("[service]")
    .option("--json", "as JSON")
    .action(async (service: string | undefined, options: { json?: boolean }) => {
      const query = service ? `?service=${encodeURIComponent(service)}` : "";
      const answer = await (await api()).get<{ releases: Release[] }>(`/v1/releases${query}`);
      if (options.json) return printJson(answer);
      print(
        table([
          ["SERVICE", "VERSION", "FROM", "RESULT", "BY", "STARTED", "DIGEST"],
          ...answer.releases.map((r) => [
            r.service,
            r.version,
            r.fromVersion ?? "—",
            r.result,
            r.requestedBy,
            r.startedAt,
            r.digest.slice(0, 19),
          ]),
        ]),
      );
    });
