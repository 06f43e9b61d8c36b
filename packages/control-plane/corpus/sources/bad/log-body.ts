import express from "express";
import pino from "pino";

const logger = pino();
const router = express.Router();
router.put("/profile", (req, res) => {
  logger.info({ body: req.body }, "profile update");
  res.sendStatus(204);
});
export { router };
