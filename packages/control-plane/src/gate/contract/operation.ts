import { below } from "../schema/index.ts";
import { compareRequestBodies, compareResponses } from "./bodies.ts";
import { type Comparing, inside, isPastSunset, note, sunsetOf, type Where } from "./comparing.ts";
import {
  entriesOf,
  type Operation,
  operationsOf,
  operationsOfItem,
  type Part,
  rootOf,
} from "./operations.ts";
import { compareParameters } from "./parameters.ts";
import { compareSecurity } from "./security.ts";

/** Everything under `paths`, `webhooks` and `servers`. */
export function compareContracts(comparing: Comparing): void {
  const [base, revision] = [rootOf(comparing.base), rootOf(comparing.revision)];
  comparePaths(
    comparing,
    operationsOf(comparing.base, base, "paths"),
    operationsOf(comparing.revision, revision, "paths"),
  );
  compareHooks(comparing, base, revision, "webhooks", { operation: "", steps: [] });
  compareServers(comparing, base, revision);
}

function comparePaths(
  comparing: Comparing,
  base: Map<string, Operation>,
  revision: Map<string, Operation>,
): void {
  for (const [key, before] of base) {
    const where = { operation: nameOf(before), steps: [] };
    const after = revision.get(key) ?? moved(comparing, before, revision);
    if (after) compareOperations(comparing, before, after, where, false);
    else noteRemoved(comparing, before, where);
  }
}

/** The same address, its beginning written in the server's url instead of the path or the other way round. */
function moved(
  comparing: Comparing,
  before: Operation,
  revision: Map<string, Operation>,
): Operation | undefined {
  const address = (side: "base" | "revision", operation: Operation) =>
    `${operation.method} ${prefixOf(comparing[side].root)}${operation.path.replace(/\{[^{}]*\}/g, "{}")}`;
  if (prefixOf(comparing.base.root) === prefixOf(comparing.revision.root)) return undefined;
  const wanted = address("base", before);
  return [...revision.values()].find((operation) => address("revision", operation) === wanted);
}

/** The path of the only server. */
function prefixOf({ servers }: Record<string, unknown>): string {
  if (!Array.isArray(servers) || servers.length !== 1) return "";
  const url: unknown = servers[0]?.url;
  if (typeof url !== "string") return "";
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, "").replace(/\/$/, "");
}

const nameOf = (operation: Operation): string => `${operation.method} ${operation.path}`;

function noteRemoved(comparing: Comparing, operation: Operation, where: Where): void {
  if (isPastSunset(operation.value, comparing.now)) return;
  const sunset = sunsetOf(operation.value);
  if (operation.value.deprecated !== true || sunset === null) {
    note(comparing, "operationRemoved", ["base", operation.at], where);
  } else {
    const date = Number.isNaN(sunset) ? "?" : new Date(sunset).toISOString().slice(0, 10);
    note(comparing, "removedBeforeSunset", ["base", operation.at], where, { date });
  }
}

/** `isReversed`: the provider calls and the consumer answers, as in callbacks and webhooks. */
function compareOperations(
  comparing: Comparing,
  before: Operation,
  after: Operation,
  where: Where,
  isReversed: boolean,
): void {
  compareDeprecation(comparing, before, after, where);
  const { operationId } = before.value;
  if (typeof operationId === "string" && operationId !== after.value.operationId) {
    const to = String(after.value.operationId ?? "–");
    note(comparing, "operationIdChanged", ["revision", below(after.at, "operationId")], where, {
      from: operationId,
      to,
    });
  }
  compareParameters(comparing, before, after, where, isReversed);
  compareRequestBodies(comparing, before, after, where, isReversed);
  compareResponses(comparing, before, after, where, isReversed);
  if (!isReversed) compareSecurity(comparing, before, after, where);
  const callbacks = entriesOf(before, "callbacks", comparing.base);
  const others = new Map(entriesOf(after, "callbacks", comparing.revision));
  for (const [name, callback] of callbacks) {
    const other = others.get(name);
    const inner = inside(where, name);
    if (!other) note(comparing, "callbackRemoved", ["base", callback.at], inner, { name });
    else compareCallback(comparing, callback, other, inner, isReversed);
  }
}

function compareDeprecation(comparing: Comparing, before: Operation, after: Operation, where: Where): void {
  const [from, to] = [sunsetOf(before.value), sunsetOf(after.value)];
  if (
    after.value.deprecated === true &&
    before.value.deprecated !== true &&
    (to === null || Number.isNaN(to))
  ) {
    note(comparing, "deprecatedWithoutSunset", ["revision", below(after.at, "deprecated")], where, {
      name: nameOf(after),
    });
  }
  const support = (comparing.settings.supportDays ?? 90) * 86_400_000;
  if (from !== null && to !== null && to < from) {
    const isSoon = to < comparing.now.getTime() + support;
    note(
      comparing,
      "sunsetBroughtForward",
      ["revision", after.at],
      where,
      { date: new Date(to).toISOString().slice(0, 10) },
      isSoon ? "block" : "warn",
    );
  }
}

/** A callback's map from expressions to path items; its expressions are compared as they are written. */
function compareCallback(
  comparing: Comparing,
  before: Part,
  after: Part,
  where: Where,
  isReversed: boolean,
): void {
  const wrap = (part: Part): Part => ({ value: { paths: part.value }, at: part.at });
  const items = (part: Part, side: "base" | "revision") =>
    entriesOf(wrap(part), "paths", comparing[side]).flatMap(([path, item]) =>
      operationsOfItem(comparing[side], path, { ...item, at: callbackAt(item, part, path) }),
    );
  compareItems(comparing, items(before, "base"), items(after, "revision"), where, !isReversed);
}

/** `entriesOf` looked below a made-up `paths`; an item written in place stands directly in the callback. */
function callbackAt(item: Part, callback: Part, path: string): Part["at"] {
  const madeUp = below(callback.at, "paths", path);
  return item.at.pointer === madeUp.pointer ? below(callback.at, path) : item.at;
}

function compareItems(
  comparing: Comparing,
  base: Operation[],
  revision: Operation[],
  where: Where,
  isReversed: boolean,
): void {
  for (const before of base) {
    const after = revision.find((one) => one.method === before.method && one.path === before.path);
    const inner = inside(where, before.method);
    if (after) compareOperations(comparing, before, after, inner, isReversed);
    else note(comparing, "callbackRemoved", ["base", before.at], inner, { name: nameOf(before) });
  }
}

function compareHooks(comparing: Comparing, base: Part, revision: Part, keyword: string, where: Where): void {
  const after = new Map(entriesOf(revision, keyword, comparing.revision));
  for (const [name, item] of entriesOf(base, keyword, comparing.base)) {
    const other = after.get(name);
    const inner = inside(where, `webhook ${name}`);
    if (!other) {
      note(comparing, "callbackRemoved", ["base", item.at], inner, { name });
      continue;
    }
    const before = operationsOfItem(comparing.base, name, item);
    compareItems(comparing, before, operationsOfItem(comparing.revision, name, other), inner, true);
  }
}

/** Addresses that consumers may have written down. */
function compareServers(comparing: Comparing, base: Part, revision: Part): void {
  const list = (part: Part): string[] => {
    const { servers } = part.value;
    if (!Array.isArray(servers)) return [];
    return servers.flatMap((one) => (typeof one?.url === "string" ? [one.url.replace(/\/$/, "")] : []));
  };
  const after = list(revision);
  for (const [index, url] of list(base).entries()) {
    if (after.includes(url)) continue;
    const where = { operation: "", steps: [] };
    note(comparing, "serverRemoved", ["base", below(base.at, "servers", index)], where, { name: url });
  }
}
