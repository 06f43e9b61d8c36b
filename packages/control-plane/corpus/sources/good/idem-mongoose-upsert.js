const express = require("express");
const { Reaction } = require("./models");
const router = express.Router();
router.post("/reactions", async (req, res) => {
  await Reaction.findOneAndUpdate({ user: req.user.id, post: req.body.post }, { $set: { kind: req.body.kind } }, { upsert: true });
  res.sendStatus(204);
});
module.exports = router;
