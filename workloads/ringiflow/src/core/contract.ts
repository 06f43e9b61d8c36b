import { z } from "zod";
import type { CommandAnswer, ErrorAnswer, RequestAnswer, RequestList, Summary } from "../bff/api.ts";
import {
  COMMANDS,
  commandBody,
  idempotencyKey,
  listQuery,
  requestId,
  resubmitBody,
  submitBody,
} from "../domain/commands.ts";
import { CATEGORIES, STATUSES } from "../domain/model.ts";
import { ACTOR_HEADER, TENANT_HEADER } from "../platform/headers.ts";

const person = z.object({ id: z.string(), name: z.string() });

const summaryOfRequest = {
  id: requestId,
  title: z.string(),
  category: z.enum(CATEGORIES),
  amountYen: z.int(),
  status: z.enum(STATUSES),
  applicant: person,
  currentApprover: person.nullable(),
  version: z.int().min(1),
  updatedAt: z.iso.datetime(),
};

const detail = z.object({
  ...summaryOfRequest,
  body: z.string(),
  department: z.string(),
  attachments: z.array(z.object({ name: z.string(), size: z.int(), type: z.string() })),
  route: z.array(
    z.object({
      role: z.enum(["manager", "head", "finance", "legal", "hr", "executive"]),
      approver: person,
      state: z.enum(["pending", "current", "approved", "rejected", "returned", "skipped"]),
    }),
  ),
  allowed: z.array(z.enum(COMMANDS)),
});

const historyEntry = z.object({
  at: z.iso.datetime(),
  actor: person,
  type: z.enum(["submitted", "resubmitted", "approved", "rejected", "returned", "withdrawn", "commented"]),
  comment: z.string().nullable(),
});

const statusCounts = Object.fromEntries(STATUSES.map((status) => [status, z.int()])) as Record<
  (typeof STATUSES)[number],
  z.ZodInt
>;

/** What core answers, as the types of the BFF's readers say it. Objects stay open: readers ignore what is new. */
export const answers = {
  RequestList: z.object({ requests: z.array(z.object(summaryOfRequest)) }) satisfies z.ZodType<RequestList>,
  RequestAnswer: z.object({
    request: detail,
    history: z.array(historyEntry),
  }) satisfies z.ZodType<RequestAnswer>,
  CommandAnswer: z.object({ request: z.object(summaryOfRequest) }) satisfies z.ZodType<CommandAnswer>,
  Summary: z.object({
    count: z.int(),
    totalYen: z.int(),
    byStatus: z.object(statusCounts),
  }) satisfies z.ZodType<Summary>,
  ErrorAnswer: z.object({
    error: z.object({ code: z.string(), reason: z.string(), remedy: z.string() }),
  }) satisfies z.ZodType<ErrorAnswer>,
};

const bodies = { SubmitBody: submitBody, CommandBody: commandBody, ResubmitBody: resubmitBody };

function schemaOf(schema: z.ZodType): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return rest;
}

const ref = (name: keyof typeof answers | keyof typeof bodies) => ({
  schema: { $ref: `#/components/schemas/${name}` },
});
const answer = (description: string, name: keyof typeof answers) => ({
  description,
  content: { "application/json": ref(name) },
});
const body = (name: keyof typeof bodies) => ({
  required: true,
  content: { "application/json": ref(name) },
});

const header = (name: string, schema: object, required = true) => ({ name, in: "header", required, schema });
const WHO = [
  header(TENANT_HEADER, { type: "string" }),
  header(ACTOR_HEADER, { type: "string" }),
  header("accept-language", { type: "string" }, false),
];
const KEY = header("idempotency-key", schemaOf(idempotencyKey));
const ID = { name: "id", in: "path", required: true, schema: schemaOf(requestId) };
const REFUSED = { default: answer("Refused, in the reader's language.", "ErrorAnswer") };

/** The internal API of core as an OpenAPI document: what the BFF may rely on. */
export function coreContract(): object {
  const query = Object.entries(listQuery.shape).map(([name, schema]) => ({
    name,
    in: "query",
    schema: { ...schemaOf(schema), ...(name === "limit" ? { type: "integer" } : {}) },
  }));
  const command = (name: string) => ({
    post: {
      operationId: `${name}Request`,
      parameters: [ID, KEY],
      requestBody: body(name === "resubmit" ? "ResubmitBody" : "CommandBody"),
      responses: { 200: answer("Carried out, once for its key.", "CommandAnswer"), ...REFUSED },
    },
  });
  const items: Record<string, Record<string, object>> = {
    "/v1/requests": {
      get: {
        operationId: "listRequests",
        parameters: query,
        responses: { 200: answer("Newest first.", "RequestList"), ...REFUSED },
      },
      post: {
        operationId: "submitRequest",
        parameters: [KEY],
        requestBody: body("SubmitBody"),
        responses: { 201: answer("Submitted, once for its key.", "CommandAnswer"), ...REFUSED },
      },
    },
    "/v1/requests/{id}": {
      get: {
        operationId: "readRequest",
        parameters: [ID],
        responses: { 200: answer("Folded from its events.", "RequestAnswer"), ...REFUSED },
      },
    },
    ...Object.fromEntries(COMMANDS.map((name) => [`/v1/requests/{id}/${name}`, command(name)])),
    "/v1/summary": {
      get: {
        operationId: "readSummary",
        responses: { 200: answer("Of the tenant.", "Summary"), ...REFUSED },
      },
    },
  };
  const paths = Object.entries(items).map(([path, item]) => [path, { parameters: WHO, ...item }]);
  const schemas = Object.entries({ ...bodies, ...answers }).map(([name, schema]) => [name, schemaOf(schema)]);
  return {
    openapi: "3.1.0",
    info: { title: "RingiFlow core", version: "1.0.0" },
    security: [{ coreToken: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { coreToken: { type: "http", scheme: "bearer" } },
      schemas: Object.fromEntries(schemas),
    },
  };
}
