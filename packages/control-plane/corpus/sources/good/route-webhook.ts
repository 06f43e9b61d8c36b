import { Router } from "express";
import { requireRole } from "./auth.js";
import { verifySignature } from "./signature.js";
import * as billing from "./billing.js";

export const router = Router();
router.put("/plans/:id", requireRole("admin"), billing.updatePlan);
router.post("/webhooks/stripe", verifySignature, billing.webhook);
router.post("/login", billing.login);
