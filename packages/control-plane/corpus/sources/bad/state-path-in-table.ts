import { promises as fs } from "fs";
import { Router } from "express";
import { prisma } from "../prisma";
import { requireAuth } from "../auth";

const router = Router();
router.use(requireAuth);

router.put("/documents/:id", async (req, res, next) => {
  try {
    const path = `/app/storage/documents/${req.params.id}`;
    await fs.writeFile(path, req.body);
    await prisma.document.upsert({ where: { id: req.params.id }, create: { id: req.params.id, path }, update: { path } });
    res.sendStatus(204);
  } catch (e) {
    next(e);
  }
});
export default router;
