import { z } from "zod";
import { OperationsSchema } from "./model.ts";

/** JSON Schema (draft 2020-12) of a definition as it is written down: fields with a default may be left out. */
export function jsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(OperationsSchema, { target: "draft-2020-12", io: "input" });
  return { $schema, title: "Toban definition", ...schema };
}
