import express, { type Response } from "express";

const open = new Set<Response>();
export const app = express();
app.get("/events", (req, res) => {
  res.writeHead(200, { "content-type": "text/event-stream" });
  open.add(res);
  req.on("close", () => open.delete(res));
});
export const broadcast = (event: string) => {
  for (const res of open) res.write(`data: ${event}\n\n`);
};
