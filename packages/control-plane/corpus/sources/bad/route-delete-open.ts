import { Router } from "express";
import { authenticate, authorize } from "./auth.js";
import * as users from "./users.js";

const router = Router();
router.get("/users", authenticate, users.list);
router.patch("/users/:id", authenticate, authorize("users:write"), users.update);
router.delete("/users/:id", users.remove);
export default router;
