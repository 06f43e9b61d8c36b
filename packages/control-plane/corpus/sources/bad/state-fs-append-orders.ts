import fastify from "fastify";
import { appendFileSync } from "node:fs";
import { join } from "node:path";

const DATA_DIR = join(process.cwd(), "data");
const app = fastify();

app.put<{ Params: { id: string }; Body: { total: number } }>("/orders/:id", async (request, reply) => {
  appendFileSync(join(DATA_DIR, "orders.csv"), `${request.params.id},${request.body.total}\n`);
  return reply.code(204).send();
});
