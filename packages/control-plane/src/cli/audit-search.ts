import { Command } from "commander";
import type { AuditPage, AuditRow } from "../audit/index.ts";
import { api } from "./api.ts";
import { language, print, printJson, table } from "./terminal.ts";

const FILTERS = [
  ...["actor", "action", "resource", "result", "class", "correlationId", "from", "to", "limit", "cursor"],
] as const;
type Options = Record<string, string> & { all?: boolean; json?: boolean };

/** `toban audit search`: one page, or with --all page after page. */
export const auditSearchCommand = () =>
  new Command("search")
    .description("newest first")
    .option("--actor <id>", "for example person:alice")
    .option("--action <name>", "for example rollout.start, or rollout.* for all of a noun")
    .option("--resource <name>", "for example service/bff")
    .option("--result <result>", "success, failure or denied")
    .option("--class <class>", "auth, operation, admin or access")
    .option("--correlation-id <id>")
    .option("--from <time>", "RFC 3339, from this time on")
    .option("--to <time>", "RFC 3339, before this time")
    .option("--limit <n>", "events of a page, at most 1,000", "100")
    .option("--cursor <cursor>", "where the page before ended")
    .option("--all", "every page")
    .option("--json", "as JSON; with --all one event per line")
    .action(async (options: Options) => {
      const client = await api();
      let cursor: string | undefined = options.cursor;
      for (;;) {
        const page: AuditPage = await client.get(`/v1/audit?${queryOf(options, cursor)}`);
        show(page, options, cursor === options.cursor);
        if (!options.all || page.nextCursor === null) return;
        cursor = page.nextCursor;
      }
    });

function queryOf(options: Options, cursor: string | undefined): URLSearchParams {
  const given = { ...options, limit: options.all ? "1000" : options.limit, cursor };
  const query = new URLSearchParams();
  for (const name of FILTERS) {
    const value = given[name as keyof typeof given];
    if (typeof value === "string") query.set(name, value);
  }
  return query;
}

function show(page: AuditPage, options: Options, isFirst: boolean): void {
  if (options.json) {
    if (options.all) for (const event of page.events) print(JSON.stringify(event));
    else printJson(page);
    return;
  }
  const heading = ["TIME", "CLASS", "ACTOR", "ACTION", "RESOURCE", "RESULT", "CORRELATION", "SEALED"];
  const rows = page.events.map(rowOf);
  if (isFirst || rows.length > 0) print(table(isFirst ? [heading, ...rows] : rows));
  if (!options.all && page.nextCursor !== null) {
    const more = language() === "ja" ? "続きは" : "more with";
    print(`${more} --cursor ${page.nextCursor}`);
  }
}

const rowOf = (event: AuditRow): string[] => [
  ...[event.ts, event.class, event.actorId, event.action, event.resource, event.result],
  ...[event.correlationId, event.sealed === null ? "—" : String(event.sealed.seq)],
];
