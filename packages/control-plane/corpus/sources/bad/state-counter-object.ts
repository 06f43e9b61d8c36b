import Koa from "koa";
import Router from "@koa/router";

const state = { likes: 0 };
const router = new Router();
router.put("/like", (ctx) => {
  state.likes++;
  ctx.body = state;
});
export default new Koa().use(router.routes());
