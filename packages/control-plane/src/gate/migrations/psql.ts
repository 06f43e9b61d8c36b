/** What of a script only psql understands. */
export type PsqlText = {
  /** The text with ignorable commands and the rows of COPY FROM stdin blanked out, so that every offset stays. */
  text: string;
  /** The first command that changes what runs and cannot be followed. */
  command?: { name: string; at: number };
};

/** Commands that only print or change how psql shows things. */
const HARMLESS = new Set(
  "echo qecho warn timing pset encoding x t a H C T f errverbose restrict unrestrict conninfo prompt".split(
    " ",
  ),
);
const HARMLESS_VARIABLES =
  /^\\set\s+(ON_ERROR_STOP|ON_ERROR_ROLLBACK|VERBOSITY|QUIET|ECHO|ECHO_HIDDEN|SHOW_CONTEXT|HISTFILE|HISTSIZE|PROMPT\d|FETCH_COUNT)\b/;
/** With these, psql itself would wrap statements in other transactions than those that stand there. */
const CHANGES_TRANSACTIONS = /^\\set\s+(AUTOCOMMIT|SINGLELINE)\b/;

/** Blanks out what is only for psql. Linear in the text's length. */
export function withoutPsql(text: string): PsqlText {
  const blanks: [number, number][] = [];
  let command: PsqlText["command"];
  let at = 0;
  let statement = "";
  while (at < text.length) {
    const next = skipQuoted(text, at);
    if (next > at) {
      at = next;
      continue;
    }
    const char = text[at]!;
    if (char === "\\" && atLineStart(text, at)) {
      const end = lineEnd(text, at);
      const line = text.slice(at, end);
      const name = /^\\(\S*)/.exec(line)![1]!;
      if (!HARMLESS.has(name) && !(HARMLESS_VARIABLES.test(line) && !CHANGES_TRANSACTIONS.test(line))) {
        command ??= { name: `\\${name}`, at };
      }
      blanks.push([at, end]);
      at = end;
      continue;
    }
    if (char === ";") {
      if (/^\s*copy\s[^;]*\sfrom\s+stdin\b/i.test(statement.slice(0, 2000))) {
        const from = lineEnd(text, at);
        const close = text.indexOf("\n\\.", from);
        const end = close < 0 ? text.length : lineEnd(text, close + 1);
        blanks.push([from, end]);
        at = end;
      } else at += 1;
      statement = "";
      continue;
    }
    if (statement.length < 2000) statement += char;
    at += 1;
  }
  if (blanks.length === 0) return { text };
  let clean = "";
  let from = 0;
  for (const [start, end] of blanks) {
    clean += text.slice(from, start) + text.slice(start, end).replace(/[^\r\n]/g, " ");
    from = end;
  }
  return { text: clean + text.slice(from), ...(command === undefined ? {} : { command }) };
}

/** The offset behind a comment, string, quoted name or dollar-quoted body that starts at `at`; else `at`. */
export function skipQuoted(text: string, at: number): number {
  const char = text[at];
  if (char === "-" && text[at + 1] === "-") return lineEnd(text, at);
  if (char === "/" && text[at + 1] === "*") return blockCommentEnd(text, at);
  if (char === "'") {
    const escapes = /[eE]/.test(text[at - 1] ?? "") && !/\w/.test(text[at - 2] ?? "");
    return closing(text, at, "'", escapes);
  }
  if (char === '"') return closing(text, at, '"', false);
  if (char === "$" && !/[\w$]/.test(text[at - 1] ?? "")) {
    const tag = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]{0,62})?\$/.exec(text.slice(at, at + 65))?.[0];
    if (tag === undefined) return at;
    const end = text.indexOf(tag, at + tag.length);
    return end < 0 ? text.length : end + tag.length;
  }
  return at;
}

function closing(text: string, at: number, quote: string, escapes: boolean): number {
  let end = at + 1;
  while (end < text.length) {
    if (escapes && text[end] === "\\") end += 2;
    else if (text[end] !== quote) end += 1;
    else if (text[end + 1] === quote) end += 2;
    else return end + 1;
  }
  return text.length;
}

function blockCommentEnd(text: string, at: number): number {
  let depth = 0;
  let end = at;
  while (end < text.length) {
    if (text.startsWith("/*", end)) {
      depth += 1;
      end += 2;
    } else if (text.startsWith("*/", end)) {
      depth -= 1;
      end += 2;
      if (depth === 0) return end;
    } else end += 1;
  }
  return text.length;
}

function atLineStart(text: string, at: number): boolean {
  for (let before = at - 1; before >= 0; before -= 1) {
    const char = text[before];
    if (char === "\n" || char === "\r") return true;
    if (char !== " " && char !== "\t") return false;
  }
  return true;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/** The offset of the first thing from `at` on that is neither blank nor comment nor `;`. */
export function skipBlanks(text: string, at: number): number {
  let from = at;
  while (from < text.length) {
    const char = text.charCodeAt(from);
    if (char <= 32 || char === 59 || char === 0xfeff || char === 0xa0) from += 1;
    else if (char === 45 && text.charCodeAt(from + 1) === 45) from = lineEnd(text, from);
    else if (char === 47 && text.charCodeAt(from + 1) === 42) from = blockCommentEnd(text, from);
    else return from;
  }
  return from;
}
