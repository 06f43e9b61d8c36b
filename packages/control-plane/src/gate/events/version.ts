import { type Finding, raise, type SourceFile } from "../finding.ts";
import { below, type Dialect, isRecord, type Location, own } from "../schema/index.ts";
import { isAsyncApi, readAsyncApi, sunsetOf } from "./asyncapi.ts";
import { EVENTS_CHECKS as CHECKS } from "./checks/index.ts";
import { type Document, libraryOf, parseFile, placeAt, referencesOf } from "./documents.ts";
import type { Contract, Version } from "./model.ts";

/**
 * One version of the contract. `folder`: it was given as a folder, so that what is missing in it was removed.
 * `support`: files that the others refer to and that are no events themselves.
 */
export type EventSet = { name: string; files: SourceFile[]; folder?: boolean; support?: SourceFile[] };

const KEYWORDS = [
  "$schema", "$id", "$ref", "$defs", "definitions", "type", "properties", "required", "additionalProperties",
  "items", "enum", "const", "allOf", "anyOf", "oneOf", "x-extensible-enum",
]; // biome-ignore format: a list of words

/** Reads a version; what cannot be read, or is no event contract, comes back as an undecided finding. */
export function readVersion(set: EventSet): { version: Version; findings: Finding[] } {
  const findings: Finding[] = [];
  const documents: Document[] = [];
  const events: Document[] = [];
  for (const [file, isEvent] of [
    ...set.files.map((file) => [file, true] as const),
    ...(set.support ?? []).map((file) => [file, false] as const),
  ]) {
    if (set.folder && !/\.(json|ya?ml|avsc|proto)$/i.test(file.path)) continue;
    if (/\.(avsc|avdl|proto|xsd)$/i.test(file.path) && (isEvent || !/\.avsc$/i.test(file.path))) {
      if (isEvent)
        findings.push(
          raise(CHECKS.unknownDocument, { path: file.path, line: 1, column: 1 }, { file: file.path }),
        );
      continue;
    }
    const parsed = parseFile(file);
    if ("fault" in parsed) {
      findings.push(raise(CHECKS.unreadableDocument, parsed.place, { file: file.path, fault: parsed.fault }));
      continue;
    }
    documents.push(parsed.document);
    if (isEvent) events.push(parsed.document);
  }
  const library = libraryOf(documents);
  const version: Version = { name: set.name, library, contracts: [], apis: [] };
  const parts = new Set(documents.flatMap(referencesOf));
  const folder = commonFolder(events.map(({ file }) => file.path));
  for (const document of events) {
    if (isAsyncApi(document.value) && !/^[23]\./.test(String(document.value.asyncapi))) {
      findings.push(raise(CHECKS.unknownDocument, document.placeOf(""), { file: document.file.path }));
    } else if (isAsyncApi(document.value)) {
      const api = readAsyncApi(document, library);
      version.apis.push(api);
      for (const at of api.problems) {
        findings.push(raise(CHECKS.unresolvable, placeAt(library, at), { name: at.pointer }));
      }
      if (api.channels.length === 0) {
        findings.push(raise(CHECKS.unknownDocument, document.placeOf(""), { file: document.file.path }));
      }
    } else if (isSchema(document.value)) {
      version.contracts.push(...contractsOf(document, folder, parts.has(document.file.path)));
    } else if (!(set.folder && isAside(document.file.path))) {
      findings.push(raise(CHECKS.unknownDocument, document.placeOf(""), { file: document.file.path }));
    }
  }
  return { version, findings };
}

function isSchema(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (value.openapi !== undefined || value.swagger !== undefined) return bundleOf(value) !== null;
  if (value.type === "record" && Array.isArray(value.fields)) return false;
  const type = own(value, "type");
  if (typeof type === "string" && !/^(object|array|string|number|integer|boolean|null)$/.test(type))
    return false;
  return KEYWORDS.some((keyword) => own(value, keyword) !== undefined);
}

/** What lies beside schemas without being one: examples, packages' own files. */
const isAside = (path: string) =>
  /(^|\/)(examples?|fixtures|samples?)\/|(^|\/)(package|package-lock|tsconfig)\.json$/.test(path);

/** The schema of a file, or of each definition of a file that is nothing but a bundle of them. */
function contractsOf(document: Document, folder: string, isPart: boolean): Contract[] {
  const root = document.value as Record<string, unknown>;
  const path = document.file.path;
  const at: Location = { path, pointer: "" };
  const dialect = dialectOf(root);
  const relative = path.slice(folder.length);
  const says = [
    "type",
    "properties",
    "required",
    "$ref",
    "allOf",
    "anyOf",
    "oneOf",
    "enum",
    "const",
    "items",
  ];
  const bundle = says.some((key) => own(root, key) !== undefined) ? null : bundleOf(root);
  if (bundle) {
    return Object.entries(bundle.schemas).map(([name, schema]) => {
      const where = below(at, ...bundle.keys, name);
      const sunset = isRecord(schema) ? sunsetOf(schema) : null;
      const keys = [`definition ${name}`];
      return { name, keys, node: { schema, at: where }, dialect, at: where, sunset, isPart };
    });
  }
  const title = textOf(root, "title");
  const id = textOf(root, "$id") ?? textOf(root, "id");
  const file = path.slice(path.lastIndexOf("/") + 1);
  const keys = [
    ...(id ? [`id ${id}`] : []),
    `path ${relative}`,
    `file ${file}`,
    ...(title ? [`title ${title}`] : []),
    ...(isVersionOnly(file) ? [] : [`stem ${pathStemOf(relative)}`]),
    ...(id ? [`stem ${pathStemOf(id)}`] : []),
    ...(title ? [`stem ${stemOf(title)}`] : []),
  ];
  return [
    { name: title ?? file, keys, node: { schema: root, at }, dialect, at, sunset: sunsetOf(root), isPart },
  ];
}

/** Schemas side by side: definitions, or an OpenAPI document without paths, as EventBridge's registry writes it. */
function bundleOf(
  root: Record<string, unknown>,
): { keys: string[]; schemas: Record<string, unknown> } | null {
  for (const key of ["$defs", "definitions"]) {
    const schemas = own(root, key);
    if (isRecord(schemas)) return { keys: [key], schemas };
  }
  const paths = own(root, "paths");
  const components = own(root, "components");
  const schemas = isRecord(components) ? own(components, "schemas") : undefined;
  const isEmpty = paths === undefined || (isRecord(paths) && Object.keys(paths).length === 0);
  return isRecord(schemas) && isEmpty && root.openapi !== undefined
    ? { keys: ["components", "schemas"], schemas }
    : null;
}

const textOf = (record: Record<string, unknown>, key: string): string | null => {
  const value = own(record, key);
  return typeof value === "string" && value !== "" ? value : null;
};

/** Draft-07 and older read nothing beside a `$ref`; without a `$schema` the newest rules hold. */
function dialectOf(root: Record<string, unknown>): Dialect {
  const schema = textOf(root, "$schema");
  if (String(root.openapi ?? "").startsWith("3.0")) return "openapi-3.0";
  return schema && /draft-0[3-7]/.test(schema) ? "draft-07" : "2020-12";
}

const ENDING = /\.(json|ya?ml)$/i;

/** A name without its ending and without its version: `order-created.v2.schema.json` is `ordercreated`. */
export function stemOf(name: string): string {
  const bare = name
    .replace(/[#?].*$/, "")
    .replace(ENDING, "")
    .replace(/[.\-_](schema|event|avro)$/i, "");
  return bare
    .slice(bare.replace(/\/+$/, "").lastIndexOf("/") + 1)
    .replace(/([._-]?v(er(sion)?)?\.?[._-]?\d+([._-]\d+){0,2}|[._-]\d+([._-]\d+){0,2})$/i, "")
    .replace(/[.\-_](schema|event)$/i, "")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .toLowerCase();
}

/** The same of a path or an address, with its folders but not those that are versions. */
const pathStemOf = (path: string): string =>
  path
    .replace(/\/+$/, "")
    .split("/")
    .map(stemOf)
    .filter((part) => part !== "")
    .join("/");

/** `v1.json`, `2.0.0.json`, `base.json`: names that tell versions apart, not events. */
const isVersionOnly = (file: string): boolean =>
  stemOf(file) === "" ||
  /^(base|revision|old|new|before|after|current|previous|next|latest|schema|event)$/.test(stemOf(file));

function commonFolder(paths: string[]): string {
  let folder = paths[0]?.slice(0, paths[0].lastIndexOf("/") + 1) ?? "";
  for (const path of paths) {
    while (folder !== "" && !path.startsWith(folder)) {
      folder = folder.slice(0, folder.slice(0, -1).lastIndexOf("/") + 1);
    }
  }
  return folder;
}
