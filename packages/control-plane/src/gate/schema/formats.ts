import { difference, type Places, where } from "./differences.ts";
import type { Shape } from "./shape.ts";
import type { Difference, Location } from "./types.ts";

/** What each format is a part of (RFC 3986, 3987, 5321, 6531; OpenAPI format registry). */
const WIDER: Record<string, readonly string[]> = {
  int32: ["int64"],
  int8: ["int16", "int32", "int64"],
  int16: ["int32", "int64"],
  float: ["double"],
  uri: ["uri-reference", "iri", "iri-reference", "url"],
  url: ["uri", "uri-reference", "iri", "iri-reference"],
  "uri-reference": ["iri-reference"],
  iri: ["iri-reference"],
  email: ["idn-email"],
  hostname: ["idn-hostname"],
};

/** These tell a form how to look; every value stays what it was. */
const NO_LIMIT = new Set(["password", "", "string", "textarea", "html", "markdown", "text"]);

export function compareFormats(base: Shape, revision: Shape): Difference[] {
  const before = formatOf(base);
  const after = formatOf(revision);
  if (before.name === after.name) return [];
  const places: Places = { base: before.at ?? base.at, revision: after.at ?? revision.at };
  const params = { from: before.name ?? "–", to: after.name ?? "–" };
  if (before.name === null) {
    return [difference("format-added", places, { narrowing: true, widening: false }, params)];
  }
  if (after.name === null) {
    return [difference("format-removed", places, { narrowing: false, widening: true }, params)];
  }
  const widens = WIDER[before.name]?.includes(after.name) ?? false;
  const narrows = WIDER[after.name]?.includes(before.name) ?? false;
  if (widens && narrows) return [];
  return [difference("format-changed", places, { narrowing: !widens, widening: !narrows }, params)];
}

/** OpenAPI 3.1 writes `byte` as `contentEncoding` and `binary` as a media type of bytes. */
function formatOf({ raws, type }: Shape): { name: string | null; at: Location | null } {
  for (const { schema } of raws) {
    const { format, contentEncoding, contentMediaType } = schema;
    // The widest formats of numbers say what a number without one is anyway.
    if (type === "number" && (format === "int64" || format === "double")) continue;
    if (typeof format === "string" && !NO_LIMIT.has(format))
      return { name: format, at: where(raws, "format") };
    if (contentEncoding === "base64") return { name: "byte", at: where(raws, "contentEncoding") };
    if (contentMediaType === "application/octet-stream" && contentEncoding === undefined) {
      return { name: "binary", at: where(raws, "contentMediaType") };
    }
  }
  return { name: null, at: null };
}
