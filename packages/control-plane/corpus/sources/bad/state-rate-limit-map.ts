import fastify from "fastify";

const attempts = new Map<string, number>();
const app = fastify();
app.put("/unlock", async (request, reply) => {
  const count = (attempts.get(request.ip) ?? 0) + 1;
  attempts.set(request.ip, count);
  if (count > 5) return reply.code(429).send();
  return { ok: true };
});
export { app };
