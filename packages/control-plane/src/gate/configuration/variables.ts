import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";
import { type Place, placesIn, type SourceFile } from "../finding.ts";

/** One variable that an environment sets. `value` is null where only its name, or where it comes from, is known. */
export type Variable = { name: string; value: string | null; place: Place };

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Where configuration documents keep variables: compose, Kubernetes, ECS, serverless, Terraform as JSON. */
const HOLDERS = new Set([
  "env",
  "environment",
  "environments",
  "secrets",
  "variables",
  "vars",
  "data",
  "stringData",
]);

/**
 * The variables of a `.env`-like, JSON or YAML file; of ECS task definitions, compose files and Kubernetes
 * documents those of all containers. Undefined when it cannot be read as any of them.
 */
export function readVariables(file: SourceFile): Variable[] | undefined {
  if (!/\.(json|ya?ml)$/i.test(file.path)) return readDotenv(file);
  try {
    return readDocument(file);
  } catch (error) {
    // Nested thousands of levels deep.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** `NAME=value` lines with quotes, `export`, comments and values over several lines. */
export function readDotenv(file: SourceFile): Variable[] | undefined {
  const place = placesIn(file);
  const variables: Variable[] = [];
  const { text } = file;
  let at = text.startsWith("﻿") ? 1 : 0;
  while (at < text.length) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(at, end);
    const start = at;
    at = end + 1;
    if (/^\s*(#|;|$)/.test(line)) continue;
    const match = /^(\s*(?:export\s+)?)([A-Za-z_][A-Za-z0-9_.-]*)\s*(?:=|:\s)\s*/.exec(line);
    if (!match) {
      // A bare name passes the value of the shell on, as `docker --env-file` does.
      const name = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*$/.exec(line)?.[1];
      if (!name) return undefined;
      variables.push({ name, value: null, place: place(start + line.indexOf(name)) });
      continue;
    }
    const from = start + match[1]!.length;
    const quote = line[match[0].length];
    if (quote === '"' || quote === "'" || quote === "`") {
      const opened = start + match[0].length + 1;
      const closed = closingQuote(text, opened, quote);
      if (closed < 0) return undefined;
      variables.push({ name: match[2]!, value: text.slice(opened, closed), place: place(from) });
      const next = text.indexOf("\n", closed);
      at = next < 0 ? text.length : next + 1;
      continue;
    }
    const rest = line.slice(match[0].length).replace(/\r$/, "");
    const comment = rest.startsWith("#") ? 0 : rest.search(/\s#/);
    const value = (comment < 0 ? rest : rest.slice(0, comment)).trim();
    variables.push({ name: match[2]!, value, place: place(from) });
  }
  return variables;
}

function closingQuote(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\" && quote === '"') at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function readDocument(file: SourceFile): Variable[] | undefined {
  const lines = new LineCounter();
  const documents = parseAllDocuments(file.text, { lineCounter: lines, uniqueKeys: false });
  if (!Array.isArray(documents) || documents.length === 0) return undefined;
  if (documents.some(({ errors }) => errors.length > 0)) return undefined;
  const place = placesIn(file);
  const variables: Variable[] = [];
  for (const { contents } of documents) {
    if (contents === null) continue;
    if (!isMap(contents) && !isSeq(contents)) return undefined;
    if (!readHolder(contents, place, variables)) walk(contents, place, variables);
  }
  return variables;
}

type Locate = ReturnType<typeof placesIn>;

function walk(node: Node, place: Locate, into: Variable[]): void {
  if (isSeq(node)) for (const item of node.items) walk(item as Node, place, into);
  if (!isMap(node)) return;
  for (const { key, value } of node.items) {
    if (!value) continue;
    const name = isScalar(key) ? String(key.value) : "";
    if (!HOLDERS.has(name) || !readHolder(value as Node, place, into)) walk(value as Node, place, into);
  }
}

/** Reads `node` as a map of scalars, a list of `{ name, value }`, or a list of `NAME=value`; false when it is none. */
function readHolder(node: Node, place: Locate, into: Variable[]): boolean {
  const at = (from: Node) => place(from.range?.[0] ?? 0);
  const found: Variable[] = [];
  if (isMap(node)) {
    for (const pair of node.items) {
      if (!isPair(pair) || !isScalar(pair.key)) return false;
      const name = String(pair.key.value);
      const value = pair.value as Node | null;
      if (!NAME.test(name) || (value !== null && !isScalar(value))) return false;
      const text = value === null || value.value === null ? "" : String(value.value);
      found.push({ name, value: text, place: at(pair.key) });
    }
    // A Kubernetes or compose document is no list of variables although its head is scalars.
    if (found.some(({ name }) => name === "apiVersion" || name === "kind")) return false;
  } else if (isSeq(node)) {
    for (const item of node.items) {
      if (isScalar(item) && typeof item.value === "string") {
        const match = /^([A-Za-z_][\w.-]*)(?:=([\s\S]*))?$/.exec(item.value);
        if (!match) return false;
        found.push({ name: match[1]!, value: match[2] ?? null, place: at(item) });
      } else if (isMap(item) && typeof item.get("name") === "string") {
        const value = item.get("value");
        const from = item.get("valueFrom");
        const text =
          typeof from === "string" ? from : value === undefined || isMap(value) ? null : String(value ?? "");
        found.push({ name: item.get("name") as string, value: text, place: at(item) });
      } else return false;
    }
  } else return false;
  into.push(...found);
  return true;
}
