import { below, isRecord, type Location, own, resolveReference } from "../schema/index.ts";
import type { Contract } from "./document.ts";

/** A part of a document where it stands, its own reference followed. */
export type Part = { value: Record<string, unknown>; at: Location };

export type Parameter = Part & { name: string; in: string; required: boolean };

export type Operation = Part & {
  method: string;
  /** As it is written, with the names of its path parameters. */
  path: string;
  /** Its own and its path's, by place and name. */
  parameters: Map<string, Parameter>;
};

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/** What a value is, with references followed to their end; null when it is no object. */
export function partOf(value: unknown, at: Location, contract: Contract): Part | null {
  let part = { schema: value, at };
  for (let steps = 0; steps < 50; steps++) {
    if (!isRecord(part.schema)) return null;
    const reference = own(part.schema, "$ref");
    if (typeof reference !== "string") return { value: part.schema, at: part.at };
    const target = resolveReference(reference, part.at, contract);
    if (!target) return null;
    part = target;
  }
  return null;
}

/** Maps in which a name that begins with `x-` is a name like any other. */
const FREE_NAMES = new Set(["headers", "content", "webhooks"]);

/** The entries of a map, each with its references followed. */
export function entriesOf(part: Part | null, keyword: string, contract: Contract): [string, Part][] {
  const map = part && own(part.value, keyword);
  if (!isRecord(map)) return [];
  const isExtension = (name: string) => name.startsWith("x-") && !FREE_NAMES.has(keyword);
  return Object.entries(map).flatMap(([name, value]): [string, Part][] => {
    const one = partOf(value, below(part!.at, keyword, name), contract);
    return one && !isExtension(name) ? [[name, one]] : [];
  });
}

/** A child object, its reference followed. */
export function childOf(part: Part, keyword: string, contract: Contract): Part | null {
  return partOf(own(part.value, keyword), below(part.at, keyword), contract);
}

export const rootOf = (contract: Contract): Part => ({
  value: contract.root,
  at: { path: contract.file.path, pointer: "" },
});

/** The operations of `paths`, by method and path with the names of its parameters left out. */
export function operationsOf(contract: Contract, owner: Part, keyword: string): Map<string, Operation> {
  const found = new Map<string, Operation>();
  for (const [path, item] of entriesOf(owner, keyword, contract)) {
    for (const operation of operationsOfItem(contract, path, item)) {
      found.set(`${operation.method} ${templateOf(path)}`, operation);
    }
  }
  return found;
}

export function operationsOfItem(contract: Contract, path: string, item: Part): Operation[] {
  return METHODS.flatMap((method) => {
    const part = childOf(item, method, contract);
    if (!part) return [];
    const parameters = new Map([
      ...parametersOf(contract, item, path),
      ...parametersOf(contract, part, path),
    ]);
    return [{ ...part, method: method.toUpperCase(), path, parameters }];
  });
}

/** Names of path parameters mean nothing to callers. */
const templateOf = (path: string): string => path.replace(/\{[^{}]*\}/g, "{}");

/** Headers that other keywords describe; OpenAPI ignores them as parameters. */
const NO_PARAMETERS = new Set(["accept", "content-type", "authorization"]);

function parametersOf(contract: Contract, owner: Part, path: string): [string, Parameter][] {
  const list = own(owner.value, "parameters");
  if (!Array.isArray(list)) return [];
  const places = [...path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]);
  return list.flatMap((value, index): [string, Parameter][] => {
    const part = partOf(value, below(owner.at, "parameters", index), contract);
    if (!part) return [];
    const { name, in: place } = part.value;
    if (typeof name !== "string" || typeof place !== "string") return [];
    if (place === "header" && NO_PARAMETERS.has(name.toLowerCase())) return [];
    const key =
      place === "path"
        ? `path ${places.indexOf(name)}`
        : `${place} ${place === "header" ? name.toLowerCase() : name}`;
    const required = place === "path" || own(part.value, "required") === true;
    return [[key, { ...part, name, in: place, required }]];
  });
}
