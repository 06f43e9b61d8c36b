import { Elysia, t } from "elysia";
import { db } from "./db";
import { auth } from "./auth";

export const app = new Elysia()
  .use(auth)
  .post("/coupons/redeem", async ({ body, user }) => {
    await db.insertInto("redemptions").values({ user_id: user.id, coupon: body.coupon }).execute();
    await db.updateTable("wallets").set((eb) => ({ points: eb("points", "+", 100) })).where("user_id", "=", user.id).execute();
    return { ok: true };
  }, { body: t.Object({ coupon: t.String() }) });
