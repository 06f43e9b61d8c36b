import { Router } from "express";
import { authenticate } from "./auth.js";
import * as notes from "./notes.js";

export const router = Router();
router.get("/health", (_req, res) => res.send("ok"));
router.use(authenticate);
router.put("/notes/:id", notes.update);
router.delete("/notes/:id", notes.remove);
