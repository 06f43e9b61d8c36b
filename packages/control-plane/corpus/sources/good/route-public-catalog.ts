import { Router } from "express";
import { requireAuth } from "./auth";
import { limiter } from "./limiter";
import * as products from "./products";

export const router = Router();
router.use(limiter);
router.get("/products", async (_req, res) => res.json(await products.list()));
router.get("/products/:id", async (req, res) => res.json(await products.get(req.params.id)));
router.put("/products/:id", requireAuth, async (req, res) => res.json(await products.put(req.params.id, req.body)));
router.delete("/products/:id", requireAuth, async (req, res) => {
  await products.remove(req.params.id);
  res.sendStatus(204);
});
