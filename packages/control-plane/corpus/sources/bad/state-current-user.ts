import fastify from "fastify";
import { verify } from "./auth.js";

let currentTenant: string | undefined;
const app = fastify();
app.get("/documents", async (request) => {
  currentTenant = (await verify(request)).tenant;
  return listDocuments();
});

async function listDocuments() {
  return { tenant: currentTenant };
}
