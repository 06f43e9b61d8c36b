const Router = require("@koa/router");
const { requireUser } = require("./auth");
const items = require("./items");
const router = new Router({ prefix: "/items" });
router.use(requireUser);
router.put("/:id", items.update);
router.del("/:id", items.remove);
module.exports = router;
