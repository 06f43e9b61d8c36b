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
  if (!result.success) return { ok: false, findings: result.error.issues.flatMap(findingsOf) };
  return { ok: true, operations: deepFreeze(structuredClone(result.data)) };
}

function findingsOf(issue: z.core.$ZodIssue): Finding[] {
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
      const missing = issue.input === undefined && issue.message.includes("received undefined");
      return missing
        ? [error("missing-field", path, `A ${issue.expected} is due and nothing is given`, "Add the field.")]
        : [error("wrong-type", path, issue.message, `Give a ${issue.expected}.`)];
    }
    case "invalid_value": {
      const words = issue.values.map(String).join(", ");
      return [
        error("wrong-value", path, `The value is not one that is allowed here`, `Use one of: ${words}.`),
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
      return [error("out-of-range", path, issue.message, "Give a number within the bounds.")];
    default:
      return [error("wrong-value", path, issue.message, "Correct the value; see the reference page.")];
  }
}

const nested = (issues: z.core.$ZodIssue[]) => `The name ${issues.map((i) => i.message).join("; ")}`;
