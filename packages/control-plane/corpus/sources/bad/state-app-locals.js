const express = require("express");
const app = express();
app.use(express.json());
app.locals.tickets = [];

app.put("/tickets/:id", (req, res) => {
  app.locals.tickets.push({ id: req.params.id, title: req.body.title });
  res.status(201).end();
});

app.get("/tickets", (req, res) => res.json(app.locals.tickets));
app.listen(3000);
