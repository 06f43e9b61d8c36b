import Fastify from "fastify";
import { Pool } from "pg";
import { z } from "zod";

const env = z.object({ DATABASE_URL: z.string().url(), PORT: z.coerce.number().default(8080) }).parse(process.env);
const pool = new Pool({ connectionString: env.DATABASE_URL, connectionTimeoutMillis: 2_000, statement_timeout: 5_000 });
const app = Fastify({ logger: { redact: ["req.headers.authorization", "req.headers.cookie"] } });

app.get("/readyz", async () => {
  await pool.query("SELECT 1");
  return { status: "ok" };
});

app.post<{ Body: { title: string }; Headers: { "idempotency-key": string } }>("/requests", async (request, reply) => {
  const key = request.headers["idempotency-key"];
  const { rows } = await pool.query(
    "INSERT INTO requests (key, title) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id",
    [key, request.body.title],
  );
  request.log.info({ requestId: rows[0].id }, "request submitted");
  return reply.code(201).send({ id: rows[0].id });
});

await app.listen({ port: env.PORT, host: "0.0.0.0" });
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    await app.close();
    await pool.end();
  });
}
