import bcrypt from "bcrypt";
import express from "express";
import { findAccount, openSession } from "./accounts.js";

const app = express();
app.use(express.json());
app.post("/login", async (req, res) => {
  const account = await findAccount(req.body.loginId);
  if (!account || !(await bcrypt.compare(req.body.password, account.hash))) return res.status(401).end();
  res.json(await openSession(account.id));
});
const server = app.listen(8080);
process.on("SIGTERM", () => server.close());
