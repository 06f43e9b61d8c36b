import { below, isRecord, own, type SchemaNode } from "../schema/index.ts";
import { mediaTypesOf } from "./bodies.ts";
import { type Comparing, inside, isPastSunset, note, type Where } from "./comparing.ts";
import { type Operation, type Parameter, partOf } from "./operations.ts";
import { noteSchemas, type Use } from "./schema-notes.ts";

/** Query, path, header and cookie parameters of one operation. */
export function compareParameters(
  comparing: Comparing,
  before: Operation,
  after: Operation,
  where: Where,
  isReversed: boolean,
): void {
  for (const [key, parameter] of before.parameters) {
    const other = after.parameters.get(key);
    const inner = inside(where, `${parameter.in} ${parameter.name}`);
    if (other) compareParameter(comparing, parameter, other, inner, isReversed);
    else noteGone(comparing, parameter, after, inner);
  }
  for (const [key, parameter] of after.parameters) {
    if (before.parameters.has(key) || !parameter.required || isReversed || parameter.in === "path") continue;
    const inner = inside(where, `${parameter.in} ${parameter.name}`);
    note(comparing, "parameterRequired", ["revision", parameter.at], inner, { name: parameter.name });
  }
}

function noteGone(comparing: Comparing, parameter: Parameter, after: Operation, where: Where): void {
  // The path itself says which parameters it has; one that is not described is described badly, not gone.
  if (parameter.in === "path" || isPastSunset(parameter.value, comparing.now)) return;
  const moved = [...after.parameters.values()].find((one) => one.name === parameter.name);
  if (moved) {
    const params = { name: parameter.name, from: parameter.in, to: moved.in };
    note(comparing, "parameterMoved", ["revision", moved.at], where, params);
  } else note(comparing, "parameterRemoved", ["base", parameter.at], where, { name: parameter.name });
}

function compareParameter(
  comparing: Comparing,
  before: Parameter,
  after: Parameter,
  where: Where,
  isReversed: boolean,
): void {
  const { name } = after;
  if (after.required !== before.required && after.required !== isReversed) {
    const at = Object.hasOwn(after.value, "required") ? below(after.at, "required") : after.at;
    note(comparing, "parameterRequired", ["revision", at], where, { name });
  }
  if (after.value.deprecated === true && before.value.deprecated !== true && !hasSunset(after)) {
    note(comparing, "deprecatedWithoutSunset", ["revision", below(after.at, "deprecated")], where, { name });
  }
  const use: Use = { http: "request", sender: isReversed ? "provider" : "consumer", textual: true };
  const types = {
    base: typesOf(comparing, "base", before),
    revision: typesOf(comparing, "revision", after),
  };
  const isPlain = !types.base.some(isCompound) || !types.revision.some(isCompound);
  const [from, to] = [serialization(before, isPlain), serialization(after, isPlain)];
  if (from !== to) {
    note(comparing, "parameterSerialization", ["revision", after.at], where, { name, from, to });
  }
  if (before.value.allowEmptyValue === true && after.value.allowEmptyValue !== true && !isReversed) {
    const params = { name, from: "allowEmptyValue", to: "–" };
    note(comparing, "parameterSerialization", ["revision", after.at], where, params);
  }
  const [contentBefore, contentAfter] = [
    mediaTypesOf(before, comparing.base)[0],
    mediaTypesOf(after, comparing.revision)[0],
  ];
  if (contentBefore && contentAfter) {
    noteSchemas(comparing, contentBefore.schema, contentAfter.schema, { ...use, textual: false }, where);
  } else if (!contentBefore && !contentAfter) {
    noteSchemas(
      comparing,
      schemaOf(before),
      listItem(comparing, types, after) ?? schemaOf(after),
      use,
      where,
    );
  }
}

const schemaOf = (parameter: Parameter): SchemaNode => ({
  schema: own(parameter.value, "schema") ?? true,
  at: below(parameter.at, "schema"),
});

type Types = Record<"base" | "revision", string[]>;

const isCompound = (type: string): boolean => type === "array" || type === "object";

const typesOf = (comparing: Comparing, side: "base" | "revision", parameter: Parameter): string[] =>
  comparing
    .schemas("request", true)
    .meaning(side, [schemaOf(parameter)])
    .shapes.map((shape) => shape.type);

/** One value in the query is written like a list of one: where a list is taken now, its items take the value. */
function listItem(comparing: Comparing, types: Types, after: Parameter): SchemaNode | null {
  const { value } = after;
  const isForm = after.in === "query" && (value.style ?? "form") === "form" && value.explode !== false;
  const becomesList =
    types.base.length < 6 &&
    !types.base.some(isCompound) &&
    types.revision.every((type) => type === "array" || type === "null");
  if (!isForm || !becomesList || !types.revision.includes("array")) return null;
  const schema = partOf(own(value, "schema"), below(after.at, "schema"), comparing.revision);
  const items = schema && own(schema.value, "items");
  const least = schema && own(schema.value, "minItems");
  if (!schema || (typeof least === "number" && least > 1)) return null;
  return { schema: items ?? true, at: below(schema.at, "items") };
}

const hasSunset = (parameter: Parameter): boolean =>
  Object.keys(parameter.value).some((key) => /^(x-)?sunset/i.test(key));

/** How a value is written, with the defaults of its place; of plain values only what shows. */
function serialization(parameter: Parameter, isPlain: boolean): string {
  const { value } = parameter;
  const media = isRecord(value.content) ? Object.keys(value.content)[0] : undefined;
  if (media) return `content ${media}`;
  const isForm = parameter.in === "query" || parameter.in === "cookie";
  const style = typeof value.style === "string" ? value.style : isForm ? "form" : "simple";
  const explode = typeof value.explode === "boolean" ? value.explode : style === "form";
  if (isPlain) return isForm ? "form" : style;
  return `${style}${explode ? " explode" : ""}`;
}
