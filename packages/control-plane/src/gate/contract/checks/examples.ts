/** Two documents as an example; each gets the head that every OpenAPI document has. */
export function pair(base: string, revision: string): Record<string, string> {
  return { "base.yaml": HEAD + base, "revision.yaml": HEAD + revision };
}

export const HEAD = `openapi: 3.1.0
info: { title: Orders, version: 1.0.0 }
`;

/** `paths` with one operation. */
export const operation = (rest: string, head = "/orders:\n    get:"): string => `paths:
  ${head}
${rest.replace(/^/gm, "      ")}
`;

/** One operation that answers with a schema. */
export const answers = (schema: string): string =>
  operation(`responses:
  "200":
    description: The orders.
    content:
      application/json:
        schema: ${schema}`);

/** One operation that takes a body of a schema. */
export const takes = (schema: string): string =>
  operation(
    `requestBody:
  content:
    application/json:
      schema: ${schema}
responses: { "201": { description: Taken. } }`,
    "/orders:\n    post:",
  );

/** One operation with parameters. */
export const asks = (...parameters: string[]): string =>
  operation(`parameters:
${parameters.map((parameter) => `  - ${parameter}`).join("\n")}
responses: { "200": { description: The orders. } }`);
