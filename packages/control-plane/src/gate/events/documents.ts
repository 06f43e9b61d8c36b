import { isCollection, isPair, isScalar, type Node, parseDocument, visit } from "yaml";
import { type Place, placesIn, type SourceFile } from "../finding.ts";
import type { Location, SchemaSource } from "../schema/index.ts";
import { fromRegistry, linkById, spellOutNull } from "./dialects.ts";

/** One parsed file: its value, and where each part of it stands. */
export type Document = {
  file: SourceFile;
  value: unknown;
  placeOf(pointer: string): Place;
};

/** The file, or why it is none: `offset` is where reading stopped. */
export type Parsed = { document: Document } | { fault: string; place: Place };

/** Reads JSON and YAML. Places are found when they are first asked for. */
export function parseFile(file: SourceFile): Parsed {
  const start = { path: file.path, line: 1, column: 1 };
  if (file.text.trim() === "") return { fault: "the file is empty", place: start };
  let value: unknown;
  if (/\.(json|avsc)$/i.test(file.path)) {
    try {
      value = JSON.parse(file.text.replace(/^﻿/, ""));
    } catch (error) {
      const at = /position (\d+)/.exec(error instanceof Error ? error.message : "");
      return { fault: "it is no valid JSON", place: at ? placesIn(file)(Number(at[1])) : start };
    }
  } else {
    const parsed = parseDocument(file.text, { uniqueKeys: true });
    const fault = parsed.errors[0];
    if (fault) return { fault: "it is no valid YAML", place: placesIn(file)(fault.pos[0]) };
    try {
      value = parsed.toJS();
    } catch {
      return { fault: "its aliases cannot be followed", place: start };
    }
  }
  // What a registry answers is written on one line: all of it is where the file begins.
  const answer = fromRegistry(value);
  if (answer) value = answer.schema;
  spellOutNull(value);
  let places: Map<string, [number, number]> | undefined;
  const locate = placesIn(file);
  return {
    document: {
      file,
      value,
      placeOf(pointer) {
        places ??= rangesOf(file.text);
        // What stands nowhere is shown where its nearest parent stands.
        for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
          const range = places.get(at);
          if (range) return locate(...range);
          if (at === "") return start;
        }
      },
    },
  };
}

/** The key of an entry, or the item of a list, by JSON pointer. */
function rangesOf(text: string): Map<string, [number, number]> {
  const found = new Map<string, [number, number]>();
  const document = parseDocument(text, { uniqueKeys: false });
  const pointers = new Map<unknown, string>();
  const note = (pointer: string, node: Node | null | undefined) => {
    if (node?.range) found.set(pointer, [node.range[0], Math.max(node.range[0], node.range[1])]);
  };
  visit(document, (key, node, path) => {
    const parent = path.findLast((one) => isCollection(one));
    const prefix = parent ? (pointers.get(parent) ?? "") : "";
    if (isPair(node)) {
      const name = isScalar(node.key) ? String(node.key.value) : "";
      const pointer = `${prefix}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      note(pointer, node.key as Node);
      if (isCollection(node.value)) pointers.set(node.value, pointer);
    } else if (typeof key === "number" && !isPair(path.at(-1))) {
      const pointer = `${prefix}/${key}`;
      note(pointer, node as Node);
      if (isCollection(node)) pointers.set(node, pointer);
    }
  });
  return found;
}

/** The documents of one version, for references between them. */
export type Library = {
  documents: Map<string, Document>;
  source(dialect: SchemaSource["dialect"]): SchemaSource;
};

export function libraryOf(documents: Document[]): Library {
  linkById(documents);
  const byPath = new Map(documents.map((document) => [document.file.path, document]));
  const load = (path: string) => byPath.get(path)?.value;
  return { documents: byPath, source: (dialect) => ({ dialect, load }) };
}

export function placeAt(library: Library, at: Location): Place {
  const document = library.documents.get(at.path);
  return document ? document.placeOf(at.pointer) : { path: at.path, line: 1, column: 1 };
}

/** Paths of the files that a file refers to, relative to the working directory; what must be read beside it. */
export function referencesOf(document: Document): string[] {
  const found = new Set<string>();
  const folder = document.file.path.includes("/")
    ? document.file.path.slice(0, document.file.path.lastIndexOf("/"))
    : ".";
  const stack: unknown[] = [document.value];
  while (stack.length > 0) {
    const value = stack.pop();
    if (typeof value !== "object" || value === null) continue;
    const reference = (value as Record<string, unknown>).$ref;
    if (typeof reference === "string") {
      const file = reference.split("#")[0]!;
      if (file !== "" && !/^[a-z][a-z0-9+.-]*:/i.test(file)) found.add(joined(folder, file));
    }
    stack.push(...Object.values(value));
  }
  return [...found].sort();
}

function joined(folder: string, file: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${file}`.split("/")) {
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
