import { bus } from "./bus.js";
import { prisma } from "./prisma.js";
import { logger } from "./logger.js";

bus.subscribe("user.registered", async (event: { userId: string }) => {
  await prisma.coupon.create({ data: { userId: event.userId, code: "WELCOME" } });
  logger.info({ userId: event.userId }, "welcome coupon issued");
});
