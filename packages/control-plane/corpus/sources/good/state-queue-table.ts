import express from "express";
import { db } from "./db.js";

const app = express();
app.put("/conversions/:id", async (req, res) => {
  await db.query("INSERT INTO conversion_jobs (id) VALUES ($1) ON CONFLICT (id) DO NOTHING", [req.params.id]);
  res.status(202).end();
});
export { app };
