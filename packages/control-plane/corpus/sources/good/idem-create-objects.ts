import { Router } from "express";
import { createHash } from "node:crypto";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { s3 } from "./s3.js";

export const router = Router();
router.post("/uploads", async (req, res) => {
  const key = createHash("sha256").update(String(req.body.name)).digest("hex");
  const post = await createPresignedPost(s3, { Bucket: "uploads", Key: key, Expires: 300 });
  res.json(Object.create(null, { post: { value: post, enumerable: true } }));
});
