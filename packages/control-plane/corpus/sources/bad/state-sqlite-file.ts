import Database from "better-sqlite3";
import express from "express";

const db = new Database("./data/app.db");
const app = express();
app.get("/invoices/:id", (req, res) => {
  res.json(db.prepare("SELECT * FROM invoices WHERE id = ?").get(req.params.id));
});
export { app };
