import express, { type Request, type Response } from "express";

const flags: Record<string, boolean> = {};
const router = express.Router();

function putFlag(req: Request, res: Response) {
  flags[req.params.name!] = Boolean(req.body.on);
  res.sendStatus(204);
}
router.put("/flags/:name", putFlag);
export default router;
