import { FINDING_CODES } from "./finding-codes.ts";
import { amountOf } from "./format.ts";
import { jsonSchema } from "./json-schema.ts";
import type { Value } from "./model/values.ts";
import * as units from "./units.ts";

type Schema = {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string;
  description?: string;
  default?: unknown;
  const?: string;
  enum?: string[];
  pattern?: string;
  format?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  oneOf?: Schema[];
  anyOf?: Schema[];
  minItems?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
};

const BUILDERS: [call: string, value: Value][] = [
  ["ms(150)", units.ms(150)],
  ["seconds(60)", units.seconds(60)],
  ["minutes(30)", units.minutes(30)],
  ["hours(4)", units.hours(4)],
  ["days(90)", units.days(90)],
  ["weeks(1)", units.weeks(1)],
  ["years(3)", units.years(3)],
  ["percent(0.1)", units.percent(0.1)],
  ["ratio(0.5)", units.ratio(0.5)],
  ["count(3)", units.count(3)],
  ["yen(1000)", units.yen(1000)],
  ["usd(100)", units.usd(100)],
  ["perSecond(50)", units.perSecond(50)],
  ["perMinute(30)", units.perMinute(30)],
  ["bytes(512)", units.bytes(512)],
  ["kibibytes(2048)", units.kibibytes(2048)],
  ["mebibytes(384)", units.mebibytes(384)],
  ["gibibytes(2)", units.gibibytes(2)],
  ["steps(10, 50, 100)", units.steps(10, 50, 100)],
  ['choice("manual")', units.choice("manual")],
  ["statement()", units.statement()],
  ["thresholds(ms(150), ms(300))", units.thresholds(units.ms(150), units.ms(300))],
  ["absent()", units.absent()],
];

/** The reference of the definition as Markdown, made from the schema alone. */
export function referencePage(): string {
  const { $defs = {} } = jsonSchema() as Schema;
  const { Operations, ...nouns } = $defs;
  return [
    "# Definition reference",
    "",
    "Generated from the schema of `@toban/definition`; do not edit. The same schema as JSON Schema:",
    "[definition.schema.json](definition.schema.json).",
    "",
    "A definition is a module whose default export is `defineOperations({ … })`. Fields with a default may be left",
    "out. A value that `register(…).commitment(…)` returned carries the commitment's id wherever it is used.",
    "",
    "## Builders of values",
    "",
    "| builder | kind | reads as | written as |",
    "|---|---|---|---|",
    ...BUILDERS.map(([call, value]) => {
      const reading = value.kind === "statement" ? "–" : amountOf(value);
      return row(code(call), value.kind, reading, code(JSON.stringify(value)));
    }),
    "",
    "## Operations",
    "",
    ...(Operations === undefined ? [] : body(Operations)),
    "",
    ...Object.keys(nouns)
      .sort()
      .flatMap((name) => [`## ${name}`, "", ...body(nouns[name]!), ""]),
    "## Findings",
    "",
    "| code | severity | meaning |",
    "|---|---|---|",
    ...Object.entries(FINDING_CODES).map(([name, { severity, meaning }]) =>
      row(code(name), severity, meaning),
    ),
    "",
  ].join("\n");
}

const code = (text: string) => `\`${text}\``;
const row = (...cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

function body(schema: Schema): string[] {
  const intro = schema.description === undefined ? [] : [schema.description, ""];
  const shapes = schema.oneOf ?? schema.anyOf;
  if (shapes !== undefined)
    return [...intro, "One of:", "", ...shapes.map((shape) => `- ${typeOf(shape)}${said(shape)}`)];
  if (schema.properties === undefined) return [...intro, `Type: ${typeOf(schema)}.`];
  return [
    ...intro,
    "| field | type | default | meaning |",
    "|---|---|---|---|",
    ...fieldsOf(schema, "").map((cells) => row(...cells)),
  ];
}

const said = ({ description }: Schema) => (description === undefined ? "" : `: ${description}`);

/** Objects inside of a noun are shown as "health.path". */
function fieldsOf(schema: Schema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const shown = isWord(field) || field.properties === undefined ? typeOf(field) : "object";
    const own = [code(prefix + name), shown, presence(schema, name, field), field.description ?? ""];
    return isWord(field) || field.properties === undefined
      ? [own]
      : [own, ...fieldsOf(field, `${prefix}${name}.`)];
  });
}

function presence(parent: Schema, name: string, field: Schema): string {
  if (field.default !== undefined) return code(readable(field.default));
  return parent.required?.includes(name) === true ? "required" : "none";
}

/** Values as people read them, also inside of objects. */
function readable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(readable).join(", ")}]`;
  if (value === null || typeof value !== "object")
    return typeof value === "string" && value !== "" ? value : JSON.stringify(value);
  if ("kind" in value) return amountOf(value as Value);
  const parts = Object.entries(value).map(([key, part]) => `${key}: ${readable(part)}`);
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

const isWord = (schema: Schema) => schema.properties?.kind?.const === "choice";

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace("#/$defs/", "");
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((word) => code(word)).join(" or ");
  const shapes = schema.oneOf ?? schema.anyOf;
  if (shapes !== undefined) return shapes.map(typeOf).join(" or ");
  if (schema.type === "array")
    return `list of ${typeOf(schema.items ?? {})}${schema.minItems === undefined ? "" : `, at least ${schema.minItems}`}`;
  if (schema.type === "object") return objectType(schema);
  if (schema.format === "date") return "date";
  return `${schema.type ?? "anything"}${bounds(schema)}`;
}

function objectType(schema: Schema): string {
  if (isWord(schema)) return `[Choice](#choice): ${typeOf(schema.properties?.choice ?? {})}`;
  if (typeof schema.additionalProperties === "object") return `named ${typeOf(schema.additionalProperties)}`;
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const optional = schema.required?.includes(name) === true ? "" : "?";
    return `${code(name + optional)} ${typeOf(field)}`;
  });
  return fields.length === 0 ? "object" : `object of ${fields.join(", ")}`;
}

function bounds(schema: Schema): string {
  const parts = [
    schema.minimum === undefined ? "" : `≥ ${schema.minimum}`,
    schema.exclusiveMinimum === undefined ? "" : `> ${schema.exclusiveMinimum}`,
    schema.exclusiveMaximum === undefined ? "" : `< ${schema.exclusiveMaximum}`,
    schema.pattern === undefined ? "" : `like ${code(schema.pattern)}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` ${parts.join(", ")}`;
}
