import { Command } from "commander";
import type { AuditRow } from "../audit/index.ts";
import { api } from "./api.ts";
import { print, printJson, table } from "./terminal.ts";

const FILTERS = ["actor", "action", "resource", "result", "correlationId", "from", "to", "limit"] as const;

export const auditCommand = () =>
  new Command("audit").description("the audit record").addCommand(
    new Command("search")
      .description("newest first")
      .option("--actor <id>", "for example person:alice")
      .option("--action <name>", "for example rollout.start")
      .option("--resource <name>", "for example service/bff")
      .option("--result <result>", "success, failure or denied")
      .option("--correlation-id <id>")
      .option("--from <time>", "RFC 3339")
      .option("--to <time>", "RFC 3339")
      .option("--limit <n>", "at most 1,000", "100")
      .option("--json", "as JSON")
      .action(async (options: Record<string, string> & { json?: boolean }) => {
        const query = new URLSearchParams();
        for (const name of FILTERS) if (options[name]) query.set(name, options[name]);
        const answer = await (await api()).get<{ events: AuditRow[] }>(`/v1/audit?${query}`);
        if (options.json) return printJson(answer);
        print(
          table(answer.events.map((e) => [e.ts, e.actorId, e.action, e.resource, e.result, e.correlationId])),
        );
      }),
  );
