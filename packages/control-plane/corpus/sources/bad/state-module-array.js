const express = require("express");
const app = express();
const reservations = [];

app.put("/reservations/:id", (req, res) => {
  reservations.push({ id: req.params.id, seat: req.body.seat });
  res.status(204).end();
});

module.exports = app;
