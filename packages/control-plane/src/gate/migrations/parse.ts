import type { Node } from "libpg-query";
import { kindOf } from "./nodes.ts";
import { skipBlanks, withoutPsql } from "./psql.ts";
import type { StatementKind } from "./types.ts";

/** PostgreSQL's parser, loaded. */
export type Parser = {
  parse(text: string): Parsed;
  /** Throws when the body cannot be read. */
  procedure(text: string): Record<string, unknown>;
};

/** One statement of a text; `start` and `end` are UTF-16 offsets in it, `offsetOf` turns a node's location into one. */
export type ParsedStatement = { kind: StatementKind; node: Node; start: number; end: number };
export type Parsed =
  | { ok: true; statements: ParsedStatement[]; offsetOf(location: number): number }
  | { ok: false; message: string; at: number; psql?: string };

/** What the library says of a text: its tree, or why there is none; `cursor` counts characters. */
export type Answer<Tree = unknown> = { tree: Tree } | { message: string; cursor: number | undefined };
/** `sql`: statements; `procedure`: the PL/pgSQL of one CREATE FUNCTION or DO. */
export type Question = "sql" | "procedure";
export type Ask = (question: Question, text: string) => Answer;

let loading: Promise<Ask> | undefined;

/** Loads the library once. */
export function loadLibrary(): Promise<Ask> {
  loading ??= load();
  return loading;
}

export const loadParser = async (): Promise<Parser> => parserOf(await loadLibrary());

async function load(): Promise<Ask> {
  const library = await import("libpg-query");
  await library.loadModule();
  return (question, text) => {
    try {
      return { tree: question === "sql" ? library.parseSync(text) : library.parsePlPgSQLSync(text) };
    } catch (error) {
      const cursor = library.hasSqlDetails(error) ? error.sqlDetails?.cursorPosition : undefined;
      return { message: error instanceof Error ? error.message : String(error), cursor };
    }
  };
}

type SqlTree = { stmts?: { stmt?: Node; stmt_location?: number; stmt_len?: number }[] };
type ProcedureTree = { plpgsql_funcs?: { PLpgSQL_function?: Record<string, unknown> }[] };

export function parserOf(ask: Ask): Parser {
  const read = (text: string): Parsed => {
    if (skipBlanks(text, 0) === text.length) {
      return { ok: true, statements: [], offsetOf: (location) => location };
    }
    const answer = ask("sql", text);
    if ("message" in answer) {
      const at = answer.cursor === undefined ? 0 : characterOffset(text, answer.cursor);
      return { ok: false, message: answer.message, at };
    }
    const offsetOf = byteOffsets(text);
    const statements: ParsedStatement[] = [];
    for (const raw of (answer.tree as SqlTree).stmts ?? []) {
      const node = raw.stmt;
      if (node === undefined) continue;
      const from = offsetOf(raw.stmt_location ?? 0);
      const end = raw.stmt_len ? offsetOf((raw.stmt_location ?? 0) + raw.stmt_len) : text.length;
      statements.push({ kind: kindOf(node) as StatementKind, node, start: skipBlanks(text, from), end });
    }
    return { ok: true, statements, offsetOf };
  };
  return {
    parse(text) {
      const first = read(text);
      if (first.ok || !text.includes("\\")) return first;
      const psql = withoutPsql(text);
      if (psql.command !== undefined) {
        return { ok: false, message: psql.command.name, at: psql.command.at, psql: psql.command.name };
      }
      return psql.text === text ? first : read(psql.text);
    },
    procedure(text) {
      const answer = ask("procedure", text);
      if ("message" in answer) throw new Error(answer.message);
      const found = (answer.tree as ProcedureTree).plpgsql_funcs?.[0]?.PLpgSQL_function;
      if (found === undefined) throw new Error("no procedure found");
      return found;
    },
  };
}

/** Turns byte offsets of the UTF-8 text into offsets of the string. Free for plain ASCII. */
function byteOffsets(text: string): (location: number) => number {
  if (Buffer.byteLength(text) === text.length) return (location) => location;
  // Every 256 characters one known pair, so that a look-up walks at most that far.
  const bytes: number[] = [];
  let byte = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (at % 256 === 0) bytes.push(byte);
    byte += width(text.charCodeAt(at));
  }
  return (location) => {
    let low = 0;
    let high = bytes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (bytes[middle]! <= location) low = middle;
      else high = middle - 1;
    }
    let at = low * 256;
    for (let reached = bytes[low]!; at < text.length && reached < location; at += 1) {
      reached += width(text.charCodeAt(at));
    }
    return at;
  };
}

/** UTF-8 bytes of a UTF-16 unit; each half of a pair counts two of the four. */
function width(unit: number): number {
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return unit >= 0xd800 && unit <= 0xdfff ? 2 : 3;
}

/** PostgreSQL counts the cursor of an error in characters, not bytes. */
function characterOffset(text: string, characters: number): number {
  let at = 0;
  for (let count = 0; count < characters && at < text.length; count += 1) {
    at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  }
  return at;
}
