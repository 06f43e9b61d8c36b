import Fastify from "fastify";

let stopping = false;
let readySince: number | undefined;
const app = Fastify();
app.get("/readyz", async (_request, reply) => {
  readySince ??= process.uptime();
  return stopping ? reply.code(503).send({ status: "stopping" }) : { status: "ok", readySince };
});
process.on("SIGTERM", () => {
  stopping = true;
  void app.close();
});
await app.listen({ port: 8080 });
