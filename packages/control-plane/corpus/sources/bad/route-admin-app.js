const express = require("express");
const { purge } = require("./purge");
const app = express();
app.use(express.json());
app.delete("/admin/tenants/:id", (req, res, next) => purge(req.params.id).then(() => res.sendStatus(204), next));
process.on("SIGTERM", () => process.exit(0));
app.listen(3000);
