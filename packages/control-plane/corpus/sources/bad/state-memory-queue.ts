import express from "express";
import { convert } from "./convert.js";

const queue: string[] = [];
const app = express();
app.put("/conversions/:id", (req, res) => {
  queue.push(req.params.id);
  res.status(202).end();
});
setInterval(async () => {
  while (queue.length > 0) await convert(queue.shift()!);
}, 1000);
export { app };
