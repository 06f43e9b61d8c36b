import { Router } from "express";
import { db } from "./db.js";

export const router = Router();
router.post("/memberships", async (req, res, next) => {
  try {
    await db.query("INSERT INTO memberships (user_id, team_id) VALUES ($1, $2)", [req.body.userId, req.body.teamId]);
    res.status(201).end();
  } catch (error) {
    if ((error as { code?: string }).code === "23505") return res.status(200).end();
    next(error);
  }
});
