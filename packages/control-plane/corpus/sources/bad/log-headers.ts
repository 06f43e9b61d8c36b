import type { NextFunction, Request, Response } from "express";

export function trace(req: Request, _res: Response, next: NextFunction) {
  console.log(req.method, req.url, JSON.stringify(req.headers));
  next();
}
