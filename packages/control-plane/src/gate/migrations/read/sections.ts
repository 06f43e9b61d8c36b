import type { Transaction } from "../types.ts";

/** From and to, in UTF-16 code units of the file. */
export type Range = readonly [start: number, end: number];

/** One migration's parts of a file. Without `down` the file says nothing of a way back. */
export type Sections = {
  up: Range[];
  down?: Range[];
  transaction?: Transaction;
};

/** What the lines of a file say of its tool; one entry for each migration in it. */
export type Sectioned = { tool: string | undefined; migrations: Sections[] };

type Line = { start: number; end: number; next: number; text: string };
type Marker = { tool: string; to: "up" | "down"; transaction?: Transaction };

/** The lines of a text that begin with a comment, or `all` of them. */
function* linesOf(text: string, all = false): Generator<Line> {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const next = newline < 0 ? text.length : newline + 1;
    const end = newline < 0 ? text.length : text[newline - 1] === "\r" ? newline - 1 : newline;
    const line = text.slice(start, Math.max(start, end)).trim();
    if (all || line.startsWith("--") || line.startsWith("#")) {
      yield { start, end: Math.max(start, end), next, text: line };
    }
    start = next;
  }
}

const NO_TRANSACTION = [
  /^--!?\s*(?:no|disable|without)[-_ ]?(?:ddl[-_ ])?transactions?[\s.;]*$/i,
  /^--\s*\+goose\s+no\s+transaction\b/i,
  /^--\s*atlas:txmode\s+none\b/i,
  /^--\s*flyway:executeintransaction\s*[:=]\s*false\b/i,
  /^--\s*(?:transaction|transactional|in[-_ ]?transaction)\s*[:=]\s*(?:false|off|no|none)\b/i,
  /^-{2,4}\s*tern:\s*disable-tx\b/i,
];
const GENERIC_HEADING =
  /^--+[\s=*#@!+-]{0,80}(up|down|rollback|revert|undo)(?:\s(?:migration|script|section|sql))?[\s:=*#-]{0,80}$/i;

/** The section that a line begins, in the words of the tools that have such lines. */
function markerOf(line: string): Marker | undefined {
  if (!line.startsWith("--") && !line.startsWith("#")) return undefined;
  let found = /^--\s*\+goose\s+(up|down)\b/i.exec(line);
  if (found) return { tool: "goose", to: direction(found[1]!) };
  found = /^--\s*\+migrate\s+(up|down)\b(\s+notransaction\b)?/i.exec(line);
  if (found) {
    return {
      tool: "sql-migrate",
      to: direction(found[1]!),
      ...(found[2] && { transaction: "none" as const }),
    };
  }
  found = /^--\s*migrate:(up|down)\b(.*)$/i.exec(line);
  if (found) {
    const none = /\btransaction\s*:\s*false\b/i.test(found[2]!);
    return { tool: "dbmate", to: direction(found[1]!), ...(none && { transaction: "none" as const }) };
  }
  found = /^--[\s-]*(up|down)\s+migration\b/i.exec(line);
  if (found) return { tool: "node-pg-migrate", to: direction(found[1]!) };
  if (/^-{4}\s*create above \/ drop below\s*-{4}/i.test(line)) return { tool: "tern", to: "down" };
  found = /^(?:--|#)[\s-]*!(up|down)s\b/i.exec(line);
  if (found) return { tool: "play", to: direction(found[1]!), transaction: "none" };
  if (/^--\s*\/\/\s*@undo\b/i.test(line)) return { tool: "mybatis", to: "down" };
  found = GENERIC_HEADING.exec(line);
  if (found) return { tool: "sections", to: direction(found[1]!) };
  return undefined;
}

const direction = (word: string): "up" | "down" => (word.toLowerCase() === "up" ? "up" : "down");

/** Splits a file by the comment lines that say where up and down begin. Everything is up when there are none. */
export function splitSections(text: string): Sectioned {
  if (/^\s*--\s*liquibase\s+formatted\s+sql\b/i.test(text)) return splitChangesets(text);
  let tool: string | undefined;
  let transaction: Transaction | undefined;
  let downTransaction: Transaction | undefined;
  let current: "up" | "down" = "up";
  let from = 0;
  const ranges: { up: Range[]; down: Range[] } = { up: [], down: [] };
  let hasDown = false;
  const close = (at: number) => {
    if (at > from) ranges[current].push([from, at]);
  };
  for (const line of linesOf(text)) {
    if (NO_TRANSACTION.some((pattern) => pattern.test(line.text))) transaction = "none";
    const marker = markerOf(line.text);
    if (!marker) continue;
    if (tool === undefined || tool === "sections") tool = marker.tool;
    // Another tool's word inside a file of the first one is a comment; so is a bare heading.
    else if (marker.tool !== tool) continue;
    close(line.start);
    current = marker.to;
    hasDown ||= current === "down";
    if (marker.transaction && current === "up") transaction = marker.transaction;
    if (marker.transaction && current === "down") downTransaction = marker.transaction;
    from = line.next;
  }
  close(text.length);
  transaction ??= tool === "play" ? downTransaction : undefined;
  const sections: Sections = { up: dropBlank(text, ranges.up) };
  if (hasDown) sections.down = dropBlank(text, ranges.down);
  if (transaction) sections.transaction = transaction;
  return { tool, migrations: [sections] };
}

/** A header of comments before the first marker stays with up only when it is more than blanks. */
function dropBlank(text: string, ranges: Range[]): Range[] {
  if (ranges.length < 2) return ranges;
  return ranges.filter(([start, end]) => !isBlankSql(text.slice(start, end)));
}

/** Liquibase's formatted SQL: each changeset is a migration, its `--rollback` lines are its down. */
function splitChangesets(text: string): Sectioned {
  const migrations: Sections[] = [];
  let current: Sections | undefined;
  let from = 0;
  let inRollback = false;
  const closeUp = (at: number) => {
    if (current && at > from) current.up.push([from, at]);
  };
  const addDown = (range: Range) => {
    if (current) current.down = [...(current.down ?? []), range];
  };
  for (const line of linesOf(text, true)) {
    if (inRollback) {
      if (line.text.endsWith("*/")) {
        inRollback = false;
        from = line.next;
      } else addDown([line.start, line.next]);
      continue;
    }
    const changeset = /^--\s*changeset\s+(\S.*)$/i.exec(line.text);
    if (changeset) {
      closeUp(line.start);
      const none = /\brunInTransaction\s*:\s*"?false\b/i.test(changeset[1]!);
      current = { up: [], transaction: none ? "none" : "per-file" };
      migrations.push(current);
      from = line.next;
    } else if (/^\/\*\s*(?:liquibase\s+)?rollback\b/i.test(line.text)) {
      closeUp(line.start);
      inRollback = !line.text.endsWith("*/");
      from = line.next;
    } else if (/^--\s*rollback\b/i.test(line.text)) {
      closeUp(line.start);
      const words = /--\s*rollback\s*/i.exec(text.slice(line.start, line.end))!;
      // "empty" and "not required" are said on purpose: they stay a comment that the rules can read.
      const said = /^--\s*rollback\s+(?:empty|not\s+required|changeset)/i.test(line.text);
      addDown([said ? line.start : line.start + words.index + words[0].length, line.next]);
      from = line.next;
    }
  }
  closeUp(text.length);
  return { tool: "liquibase", migrations };
}

/** Nothing in it would run: only blanks, comments and semicolons. */
export function isBlankSql(text: string): boolean {
  for (let at = 0; at < text.length; ) {
    if (text.startsWith("--", at)) {
      const end = text.indexOf("\n", at);
      if (end < 0) return true;
      at = end + 1;
    } else if (text.startsWith("/*", at)) {
      const end = endOfComment(text, at);
      // A comment that never ends is for the parser to refuse.
      if (end < 0) return false;
      at = end;
    } else if (/[\s;\uFEFF]/.test(text[at]!)) at += 1;
    else return false;
  }
  return true;
}

/** The end of the comment (they nest) that begins at `start`, or -1. */
function endOfComment(text: string, start: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start;
  let depth = 0;
  for (let found = edge.exec(text); found; found = edge.exec(text)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return -1;
}
