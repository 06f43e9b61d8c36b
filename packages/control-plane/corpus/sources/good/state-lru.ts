import express from "express";
import { LRUCache } from "lru-cache";
import { loadTenant } from "./tenants.js";

const tenants = new LRUCache<string, { id: string }>({ max: 500, ttl: 30_000 });
const app = express();
app.get("/tenants/:id", async (req, res) => {
  let tenant = tenants.get(req.params.id);
  if (!tenant) {
    tenant = await loadTenant(req.params.id);
    tenants.set(req.params.id, tenant);
  }
  res.json(tenant);
});
export { app };
