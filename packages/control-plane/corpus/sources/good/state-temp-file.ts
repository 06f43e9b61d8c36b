import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { bucket } from "./bucket.js";
import { render } from "./render.js";

export const router = express.Router();
router.put("/reports/:id", async (req, res) => {
  const folder = await mkdtemp(join(tmpdir(), "report-"));
  try {
    const file = join(folder, "report.pdf");
    await writeFile(file, await render(req.params.id));
    await bucket.upload(file, `reports/${req.params.id}.pdf`);
    res.sendStatus(204);
  } finally {
    await rm(folder, { recursive: true });
  }
});
