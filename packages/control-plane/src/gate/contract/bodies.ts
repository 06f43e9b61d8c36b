import { below, own, type SchemaNode } from "../schema/index.ts";
import { type Comparing, inside, note, type Where } from "./comparing.ts";
import type { Contract } from "./document.ts";
import { childOf, entriesOf, type Operation, type Part } from "./operations.ts";
import { noteSchemas, type Use } from "./schema-notes.ts";

export type MediaType = Part & { range: string; schema: SchemaNode };

/** The media types of a body, a response, a header or a parameter. Without a schema, everything is accepted. */
export function mediaTypesOf(part: Part, contract: Contract): MediaType[] {
  return entriesOf(part, "content", contract).map(([name, media]) => {
    const schema = own(media.value, "schema");
    return {
      ...media,
      range: rangeOf(name),
      schema: { schema: schema ?? true, at: schema === undefined ? media.at : below(media.at, "schema") },
    };
  });
}

/** Without case, spaces and charset, which do not tell types apart. */
function rangeOf(name: string): string {
  const [type = "", ...parameters] = name
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  return [type, ...parameters.filter((one) => one !== "" && !one.startsWith("charset="))].join(";");
}

function covers(range: string, type: string): boolean {
  if (range === type || range === "*/*" || range === "*") return true;
  return range.endsWith("/*") && type.startsWith(range.slice(0, -1));
}

/** The most exact range that holds a type. */
function covering(types: MediaType[], type: string): MediaType | undefined {
  return types
    .filter((one) => covers(one.range, type))
    .sort((one, other) => other.range.length - one.range.length || (one.range === type ? -1 : 1))[0];
}

export function compareRequestBodies(
  comparing: Comparing,
  before: Operation,
  after: Operation,
  where: Where,
  isReversed: boolean,
): void {
  const base = childOf(before, "requestBody", comparing.base);
  const revision = childOf(after, "requestBody", comparing.revision);
  const inner = inside(where, "request body");
  const isRequired = (body: Part | null) => body?.value.required === true;
  if (isRequired(revision) && !isRequired(base) && !isReversed) {
    const at = below(revision!.at, "required");
    note(comparing, "requestBodyRequired", ["revision", at], inner);
  }
  if (base && !revision) note(comparing, "requestBodyRemoved", ["base", base.at], inner);
  if (!base || !revision) return;
  const use: Use = { http: "request", sender: isReversed ? "provider" : "consumer", textual: false };
  compareMediaTypes(comparing, base, revision, inner, use);
}

/**
 * Of what consumers send, every type taken before must still be taken; of what they receive, every type offered
 * before must still be offered. A range stands for all its types in the first and for any of them in the second.
 */
function compareMediaTypes(comparing: Comparing, base: Part, revision: Part, where: Where, use: Use): void {
  const before = mediaTypesOf(base, comparing.base);
  const after = mediaTypesOf(revision, comparing.revision);
  const isSent = use.sender === "consumer";
  for (const media of before) {
    const inner = inside(where, media.range);
    const exact = after.find((one) => one.range === media.range);
    const others = isSent
      ? [exact ?? covering(after, media.range)]
      : exact
        ? [exact]
        : after.filter((one) => covers(media.range, one.range));
    const found = others.filter((one) => one !== undefined);
    // Outside JSON and YAML, values are written as text.
    const textual = !/json|yaml|\*/.test(media.range);
    for (const other of found) {
      noteSchemas(comparing, media.schema, other.schema, { ...use, textual }, inner);
    }
    if (found.length > 0) continue;
    const check = isSent ? "requestMediaTypeRemoved" : "responseMediaTypeRemoved";
    note(comparing, check, ["base", media.at], inner, { name: media.range });
  }
}

type Status = Part & { status: string };

export function compareResponses(
  comparing: Comparing,
  before: Operation,
  after: Operation,
  where: Where,
  isReversed: boolean,
): void {
  const statuses = (operation: Operation, contract: Contract): Status[] =>
    entriesOf(operation, "responses", contract).map(([name, part]) => ({
      ...part,
      status: name.toUpperCase(),
    }));
  const base = statuses(before, comparing.base);
  const revision = statuses(after, comparing.revision);
  const use: Use = { http: "response", sender: isReversed ? "consumer" : "provider", textual: false };
  const compared = new Set<Status>();
  // Beside statuses of success, a default describes what goes wrong.
  const isNew = ({ status }: Status) => /^[123]/.test(status) && !isSuccess("DEFAULT", base);
  for (const response of base) {
    const inner = inside(where, response.status);
    const exact = revision.filter((one) => one.status === response.status);
    const others = exact.length > 0 ? exact : replacements(response, base, revision);
    for (const other of others) {
      compared.add(other);
      compareMediaTypes(comparing, response, other, inner, use);
      compareHeaders(comparing, response, other, inner, use);
    }
    if (others.length > 0 || isReversed) continue;
    const check = isSuccess(response.status, base) ? "responseSuccessRemoved" : "responseErrorRemoved";
    note(comparing, check, ["base", response.at], inner, { name: response.status });
  }
  for (const response of revision) {
    if (compared.has(response)) continue;
    const inner = inside(where, response.status);
    const known = base.find(
      (one) => holds(one.status, response.status) && !(one.status === "DEFAULT" && isNew(response)),
    );
    if (known) {
      compareMediaTypes(comparing, known, response, inner, use);
      compareHeaders(comparing, known, response, inner, use);
    } else if (isReversed) {
    } else
      note(comparing, "responseStatusAdded", ["revision", response.at], inner, { name: response.status });
  }
}

/** Responses of the revision that stand for one that is no longer written: a range, a status of it, or the default. */
function replacements(response: Status, base: Status[], revision: Status[]): Status[] {
  const wider = revision.filter((one) => one.status !== "DEFAULT" && holds(one.status, response.status));
  if (wider.length > 0) return wider.slice(0, 1);
  if (/^\dXX$/.test(response.status)) {
    const narrower = revision.filter((one) => holds(response.status, one.status));
    if (narrower.length > 0) return narrower;
  }
  const fallback = isSuccess(response.status, base)
    ? undefined
    : revision.find((one) => one.status === "DEFAULT");
  if (fallback) return [fallback];
  // The only response of the base, by default, is spelt out by the revision.
  if (response.status === "DEFAULT" && base.length === 1) return revision;
  return [];
}

const holds = (range: string, status: string): boolean =>
  range === status || range === "DEFAULT" || (/^\dXX$/.test(range) && status.startsWith(range[0]!));

/** What consumers wait for: 1xx to 3xx, and a default that nothing else is written beside. */
const isSuccess = (status: string, all: Status[]): boolean =>
  status === "DEFAULT" ? !all.some((one) => /^[23]/.test(one.status)) : /^[123]/.test(status);

function compareHeaders(comparing: Comparing, before: Part, after: Part, where: Where, use: Use): void {
  if (use.sender === "consumer") return;
  const headers = (part: Part, contract: Contract) =>
    new Map(
      entriesOf(part, "headers", contract)
        .map(([name, header]): [string, Part] => [name.toLowerCase(), header])
        // Described by `content`; OpenAPI ignores it as a header.
        .filter(([name]) => name !== "content-type"),
    );
  const others = headers(after, comparing.revision);
  for (const [name, header] of headers(before, comparing.base)) {
    const inner = inside(where, `header ${name}`);
    const other = others.get(name);
    if (!other) {
      note(comparing, "responseHeaderRemoved", ["base", header.at], inner, { name });
      continue;
    }
    if (header.value.required === true && other.value.required !== true) {
      note(comparing, "responseHeaderOptional", ["revision", other.at], inner, { name });
    }
    const [content] = mediaTypesOf(header, comparing.base);
    const [otherContent] = mediaTypesOf(other, comparing.revision);
    const schema = (part: Part): SchemaNode => ({
      schema: own(part.value, "schema") ?? true,
      at: below(part.at, "schema"),
    });
    const textual = !content && !otherContent;
    const [from, to] = [content?.schema ?? schema(header), otherContent?.schema ?? schema(other)];
    noteSchemas(comparing, from, to, { ...use, textual }, inner);
  }
}
