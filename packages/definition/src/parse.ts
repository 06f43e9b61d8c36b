import type { z } from "zod";
import { error, type Finding } from "./findings.ts";
import { deepFreeze } from "./freeze.ts";
import { type Operations, OperationsSchema } from "./model.ts";

export type Parsed = { ok: true; operations: Operations } | { ok: false; findings: Finding[] };

/**
 * Reads a definition from data of unknown shape: fills defaults, freezes. Everything that does not fit the
 * schema becomes a finding. References and values are not looked at here; see `checkOperations`.
 */
export function parseOperations(input: unknown): Parsed {
  const result = OperationsSchema.safeParse(input);
  if (!result.success)
    return { ok: false, findings: result.error.issues.flatMap((issue) => findingsOf(issue, input)) };
  return { ok: true, operations: deepFreeze(structuredClone(result.data)) };
}

function findingsOf(issue: z.core.$ZodIssue, input: unknown): Finding[] {
  const path = issue.path.map(String).join(".");
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) =>
        error(
          "unknown-key",
          path === "" ? key : `${path}.${key}`,
          `There is no field named “${key}” here`,
          "Correct the spelling or remove it.",
        ),
      );
    case "invalid_type": {
      const due = nounOf(issue.expected);
      return valueAt(input, issue.path) === undefined
        ? [missing(path, due)]
        : [error("wrong-type", path, `This is not ${due}`, `Give ${due}.`)];
    }
    case "invalid_value": {
      const words = issue.values.map(String).join(", ");
      if (valueAt(input, issue.path) === undefined) return [missing(path, `one of ${words}`)];
      return [
        error("wrong-value", path, "The value is not one that is allowed here", `Use one of: ${words}.`),
      ];
    }
    case "invalid_union":
      return [
        error(
          "wrong-shape",
          path,
          "note" in issue && issue.note === "No matching discriminator"
            ? "The kind of this value is unknown"
            : "The value has none of the shapes that are allowed here",
          "Build it with the builders of @toban/definition, or see the reference page.",
        ),
      ];
    case "invalid_key":
      return [error("wrong-name", path, nested(issue.issues), "Rename it.")];
    case "too_small":
    case "too_big":
      return [
        error(
          "out-of-range",
          path,
          `The value is out of range: ${issue.message}`,
          "Give a number within the bounds.",
        ),
      ];
    default:
      return [
        error(
          "wrong-value",
          path,
          `The value ${issue.message}`,
          "Correct the value; see the reference page.",
        ),
      ];
  }
}

const missing = (path: string, due: string) =>
  error("missing-field", path, `Nothing is given, but ${due} is due`, "Add the field.");

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let part = input;
  for (const key of path) {
    if (part === null || typeof part !== "object") return undefined;
    part = Reflect.get(part, key);
  }
  return part;
}

const nested = (issues: z.core.$ZodIssue[]) => `The name ${issues.map((i) => i.message).join("; ")}`;

const NOUNS: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  record: "a set of named parts",
  object: "an object with named fields",
};
const nounOf = (expected: string) => NOUNS[expected] ?? expected;
