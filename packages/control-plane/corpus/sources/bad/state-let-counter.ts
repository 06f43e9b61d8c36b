import express from "express";

let nextTicket = 1;
export const app = express();
app.get("/tickets/next", (_req, res) => {
  res.json({ ticket: nextTicket++ });
});
