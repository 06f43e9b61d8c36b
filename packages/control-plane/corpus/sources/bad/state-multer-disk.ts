import express from "express";
import multer from "multer";
import { requireUser } from "./auth.js";

const upload = multer({ dest: "uploads/" });
export const router = express.Router();
router.put("/avatars/:id", requireUser, upload.single("avatar"), (req, res) => {
  res.json({ url: `/avatars/${req.file!.filename}` });
});
