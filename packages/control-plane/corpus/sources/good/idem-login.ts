import { Router } from "express";
import { rateLimit } from "./limits.js";
import { verify } from "./passwords.js";
import { openSession } from "./sessions.js";

export const router = Router();
router.post("/login", rateLimit("login"), async (req, res) => {
  const account = await verify(req.body.loginId, req.body.password);
  if (!account) return void res.status(401).end();
  res.cookie("sid", await openSession(account.id), { httpOnly: true, secure: true }).end();
});
