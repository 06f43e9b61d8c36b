const Koa = require("koa");
const Router = require("@koa/router");
const { collection } = require("./mongo");

const router = new Router();
router.post("/claims", async (ctx) => {
  const claims = await collection("claims");
  const result = await claims.collection.insertOne({ ...ctx.request.body });
  ctx.status = 201;
  ctx.body = { id: result.insertedId };
});
module.exports = new Koa().use(router.routes());
