import { z } from "zod";
import { CATEGORIES, type RequestEvent, type RequestEventType } from "../domain/model.ts";

const person = z.object({ id: z.string(), name: z.string() });

const contents = z.object({
  title: z.string(),
  body: z.string(),
  category: z.enum(CATEGORIES),
  amountYen: z.int().min(0).describe("A whole number of yen, tax included."),
  attachments: z.array(z.object({ name: z.string(), size: z.int().min(0), type: z.string() })),
});

const route = z.array(
  z.object({
    role: z.enum(["manager", "head", "finance", "legal", "hr", "executive"]),
    approver: person,
  }),
);

const comment = z.string().nullable();
const step = z.int().min(0).describe("Index of the step in the route, from 0.");

/** Each type of event as it is stored; the type checker holds it against the domain's own model. */
const EVENTS = {
  submitted: z.object({
    type: z.literal("submitted"),
    contents,
    applicant: person,
    department: z.string(),
    route,
    comment: z.null(),
  }),
  resubmitted: z.object({ type: z.literal("resubmitted"), contents, route, comment }),
  approved: z.object({ type: z.literal("approved"), step, comment }),
  rejected: z.object({ type: z.literal("rejected"), step, comment }),
  returned: z.object({ type: z.literal("returned"), step, comment }),
  withdrawn: z.object({ type: z.literal("withdrawn"), comment }),
  commented: z.object({ type: z.literal("commented"), comment }),
} satisfies { [T in RequestEventType]: z.ZodType<Extract<RequestEvent, { type: T }>> };

/** What a consumer of the outbox is given: `StoredEvent`, with its time as text. */
function message(type: RequestEventType) {
  return z.object({
    eventId: z.uuid(),
    streamId: z.uuid().describe("The request that the event belongs to."),
    version: z.int().min(1).describe("Place in its stream, from 1."),
    position: z.int().min(1).describe("Place among all events of the tenant, from 1."),
    at: z.iso.datetime(),
    actor: person,
    event: EVENTS[type],
  });
}

/**
 * The JSON Schema (2020-12) of each type of event, by file name. Open: readers pass over properties that they
 * do not know, so that a later release may add one.
 */
export function eventSchemas(): Record<string, object> {
  const types = Object.keys(EVENTS) as RequestEventType[];
  return Object.fromEntries(
    types.map((type) => {
      const { $schema, ...schema } = z.toJSONSchema(message(type), { io: "input", override: plain });
      const file = `${type}.schema.json`;
      return [file, { $schema, $id: `urn:ringiflow:events:${type}`, title: `request.${type}`, ...schema }];
    }),
  );
}

/** Leaves out what the library adds by itself and may word otherwise in its next version. */
function plain({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format) delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

/** True when `value` is an event of its type as the contract describes it. */
export function isEvent(value: RequestEvent): boolean {
  return EVENTS[value.type].safeParse(value).success;
}
