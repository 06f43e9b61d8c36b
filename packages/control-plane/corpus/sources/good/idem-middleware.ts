import express from "express";
import { idempotency } from "./idempotency.js";
import { prisma } from "./prisma.js";
import { redis } from "./redis.js";

const app = express();
app.use(idempotency({ store: redis, ttlSeconds: 86_400 }));
app.post("/bookings", async (req, res) => {
  res.status(201).json(await prisma.booking.create({ data: req.body }));
});
export { app };
