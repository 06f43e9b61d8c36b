import fastify from "fastify";
import { db } from "./db.js";

const app = fastify();
app.post("/visits", async (request) => {
  const { patientId } = request.body as { patientId: string };
  return db.insertInto("appointments").values({ patient_id: patientId }).returningAll().executeTakeFirst();
});
export { app };
