import express from "express";
const app = express();
app.use(express.json());

(global as any).inventory = {};

app.put("/inventory/:sku", (req, res) => {
  (global as any).inventory[req.params.sku] = req.body.qty;
  res.sendStatus(204);
});

app.listen(8080);
