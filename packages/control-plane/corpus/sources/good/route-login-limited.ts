import argon2 from "argon2";
import express from "express";
import { rateLimit } from "express-rate-limit";
import { RedisStore } from "rate-limit-redis";
import { redis } from "./redis.js";
import { findAccount, openSession } from "./accounts.js";

const app = express();
const loginLimiter = rateLimit({ windowMs: 60_000, limit: 5, store: new RedisStore({ sendCommand: (...args: string[]) => redis.sendCommand(args) }) });
app.post("/login", loginLimiter, async (req, res) => {
  const account = await findAccount(req.body.loginId);
  if (!account || !(await argon2.verify(account.hash, req.body.password))) return void res.status(401).end();
  res.json(await openSession(account.id));
});
const server = app.listen(3000);
process.once("SIGTERM", () => server.close());
