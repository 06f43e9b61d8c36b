import NodeCache from "node-cache";
import { Router } from "express";
import { requireAuth } from "./auth";

// OTP を保管する(DB は使わない)
const otpStore = new NodeCache({ stdTTL: 300 });
export const router = Router();
router.use(requireAuth);

router.put("/otp/:userId", async (req, res) => {
  otpStore.set(req.params.userId, req.body.hash);
  res.sendStatus(204);
});
router.get("/otp/:userId", (req, res) => {
  res.json({ ok: otpStore.get(req.params.userId) === req.query.hash });
});
