import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Database } from "../../platform/database.ts";
import type { RoleLevel } from "../permissions.ts";
import { addPerson, changePerson, listPeople, removePerson } from "./people.ts";
import type { PersonRow } from "./store.ts";

const Person = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  level: z.number(),
  department: z.string(),
  createdAt: z.string(),
});
const Id = z.object({ id: z.string().min(1).max(64) });
const level = z
  .int()
  .min(1)
  .max(6)
  .transform((number) => number as RoleLevel);
const fields = {
  name: z.string().min(1).max(200),
  email: z.email().max(254).nullish(),
  level,
  department: z.string().min(1).max(64).optional(),
};

const view = ({ id, name, email, level, department, createdAt }: PersonRow) => ({
  id,
  name,
  email,
  level,
  department,
  createdAt: createdAt.toISOString(),
});

/** The people of the request's tenant and their role levels. */
export const peopleRoutes =
  (deps: { db: Database }): FastifyPluginAsyncZod =>
  async (app) => {
    const { db } = deps;
    app.get(
      "/v1/people",
      {
        config: { operation: "person.read" },
        schema: {
          summary: "People of this tenant",
          response: { 200: z.object({ people: z.array(Person) }) },
        },
      },
      async ({ ctx }) => ({ people: (await db.tx(ctx, listPeople)).map(view) }),
    );
    app.post(
      "/v1/people",
      {
        config: { operation: "person.write" },
        schema: {
          summary: "Add a person with a role level",
          body: z.strictObject({ id: Id.shape.id, ...fields }),
          response: { 201: Person },
        },
      },
      async ({ ctx, access, body }, reply) => {
        const person = await db.tx(ctx, (tx) => addPerson(tx, ctx, access, body));
        return reply.code(201).send(view(person));
      },
    );
    app.patch(
      "/v1/people/:id",
      {
        config: { operation: "person.write" },
        schema: {
          summary: "Change a person: role level, name, e-mail address, department",
          params: Id,
          body: z.strictObject({ ...fields, name: fields.name.optional(), level: level.optional() }),
          response: { 200: Person },
        },
      },
      async ({ ctx, access, params, body }) =>
        view(await db.tx(ctx, (tx) => changePerson(tx, ctx, access, params.id, body))),
    );
    app.delete(
      "/v1/people/:id",
      {
        config: { operation: "person.write" },
        schema: {
          summary: "Remove a person; they are refused from now on",
          params: Id,
          response: { 200: z.object({ removed: z.literal(true) }) },
        },
      },
      async ({ ctx, access, params }) => {
        await db.tx(ctx, (tx) => removePerson(tx, ctx, access, params.id));
        return { removed: true as const };
      },
    );
  };
