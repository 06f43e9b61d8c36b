import express from "express";

export const router = express.Router();
router.post("/pay", async (req, res) => {
  const answer = await fetch("https://api.payments.example/v1/charges", {
    method: "POST",
    body: JSON.stringify({ amount: req.body.amount }),
    signal: AbortSignal.timeout(5_000),
  });
  res.status(answer.status).end();
});
