import express from "express";
import { db } from "./db.js";

export const app = express();
app.post("/search", async (req, res) => {
  const { rows } = await db.query("SELECT id, title FROM documents WHERE title ILIKE $1", [`%${req.body.q}%`]);
  res.json(rows);
});
