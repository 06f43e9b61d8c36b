import { RateLimiterRedis } from "rate-limiter-flexible";
import { redis } from "./redis.js";

const limiter = new RateLimiterRedis({ storeClient: redis, points: 5, duration: 60, keyPrefix: "login" });
export const consume = (key: string) => limiter.consume(key);
