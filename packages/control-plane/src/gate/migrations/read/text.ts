import type { SourceFile } from "../../finding.ts";
import type { Script, Transaction } from "../types.ts";
import type { Range } from "./sections.ts";

const blank = (text: string): string => text.replace(/[^\r\n]/g, " ");

/**
 * A file's text as PostgreSQL would get it, each character where it was: what only psql or the runner reads (byte
 * order mark, `:'variables'`, `${placeholders}`) becomes blanks or a name of the same length.
 */
export function plainText(file: SourceFile, tool: string): SourceFile {
  let { text } = file;
  if (text.charCodeAt(0) === 0xfeff) text = ` ${text.slice(1)}`;
  if (text.includes("${")) {
    text = text.replace(/\$\{([\w:.-]{1,200})\}/g, (whole: string) => identifier(whole));
  }
  if (tool === "graphile-migrate") {
    text = text.replace(
      /(^|[^\w:]):([A-Z][A-Z0-9_]+)\b/g,
      (_all, before: string, name: string) => `${before}_${name}`,
    );
  } else {
    // psql's variables: :'text' and :"name".
    text = text.replace(/([\s(,=]):(?=(?:'\w+'|"\w+"))/g, "$1 ");
  }
  return text === file.text ? file : { path: file.path, text };
}

/** `${schema}` → `_schema__`-like: a name of the same length. */
const identifier = (whole: string): string =>
  `p${"_".repeat(2)}${whole.slice(2, -1).replace(/\W/g, "_")}`.slice(0, whole.length).toLowerCase();

/** Those parts of a file as one script; what lies between them is blanked so that places stay right. */
export function scriptOf(file: SourceFile, ranges: readonly Range[], transaction: Transaction): Script {
  const [first] = ranges;
  if (first === undefined) return { file, text: "", offset: 0, transaction };
  if (ranges.length === 1) {
    return { file, text: file.text.slice(first[0], first[1]), offset: first[0], transaction };
  }
  let text = "";
  for (const [start, end] of ranges) {
    text += blank(file.text.slice(text.length, start)) + file.text.slice(start, end);
  }
  return { file: { path: file.path, text }, text, offset: 0, transaction };
}
