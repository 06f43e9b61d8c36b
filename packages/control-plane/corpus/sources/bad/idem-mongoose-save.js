const express = require("express");
const { Ticket } = require("./models");
const router = express.Router();

const create = async (req, res) => {
  const ticket = new Ticket({ title: req.body.title });
  await ticket.save();
  res.status(201).json(ticket);
};
router.post("/tickets", create);
module.exports = router;
