import express from "express";
import { db } from "./db.js";

export const app = express();
app.put("/limits/:team", async (req, res) => {
  await db.query("UPDATE teams SET monthly_limit = $1 WHERE id = $2", [req.body.limit, req.params.team]);
  res.sendStatus(204);
});
