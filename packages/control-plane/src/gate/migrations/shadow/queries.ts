import type pg from "pg";
import { type Finding, type Place, placesIn, raise, type SourceFile } from "../../finding.ts";
import { loadParser } from "../parse.ts";
import { SHADOW_CHECKS as CHECKS } from "./checks.ts";

/** A statement of the live release. `shown` is it in one short line. */
export type Query = { text: string; shown: string; place: Place; hasParameters: boolean };

/** The statements of a file, and what is wrong with it when it cannot be read as SQL. */
export async function readQueries(file: SourceFile): Promise<{ queries: Query[]; findings: Finding[] }> {
  const parsed = (await loadParser()).parse(file.text);
  const places = placesIn(file);
  if (!parsed.ok || parsed.statements.length === 0) {
    const message = parsed.ok ? "there is no statement" : parsed.message;
    const place = places(parsed.ok ? 0 : parsed.at);
    return { queries: [], findings: [raise(CHECKS.queryUnusable, place, { query: file.path, message })] };
  }
  const queries = parsed.statements.map(({ start, end }) => {
    const text = file.text.slice(start, end);
    const line = text.replace(/\s+/g, " ").trim();
    return {
      text,
      shown: line.length > 120 ? `${line.slice(0, 119)}…` : line,
      place: places(start, end),
      hasParameters: /\$\d/.test(text),
    };
  });
  return { queries, findings: [] };
}

/** Which of the queries fail now, and what PostgreSQL says. They run for real and are rolled back. */
export async function brokenBy(client: pg.Client, queries: readonly Query[]): Promise<Map<Query, string>> {
  const broken = new Map<Query, string>();
  for (const query of queries) {
    await client.query("BEGIN");
    try {
      // Without values for its parameters a statement can be planned, which finds every missing name and type.
      await client.query(query.hasParameters ? `EXPLAIN (GENERIC_PLAN) ${query.text}` : query.text);
    } catch (error) {
      broken.set(query, (error as Error).message);
    }
    await client.query("ROLLBACK");
  }
  return broken;
}
