import express from "express";
import { Counter, register } from "prom-client";

const requests = new Counter({ name: "http_requests_total", help: "requests", labelNames: ["status"] });
const app = express();
app.use((_req, res, next) => {
  res.on("finish", () => requests.inc({ status: res.statusCode }));
  next();
});
app.get("/metrics", async (_req, res) => {
  res.type(register.contentType).send(await register.metrics());
});
export { app };
