import express from "express";
import multer from "multer";
import { putObject } from "./storage.js";

const upload = multer({ storage: multer.memoryStorage(), limits: { fileSize: 5_000_000 } });
export const router = express.Router();
router.put("/avatars/:id", upload.single("avatar"), async (req, res) => {
  await putObject(`avatars/${req.params.id}`, req.file!.buffer);
  res.sendStatus(204);
});
