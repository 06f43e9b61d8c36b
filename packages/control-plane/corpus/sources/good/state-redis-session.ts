import { RedisStore } from "connect-redis";
import express from "express";
import session from "express-session";
import { redis } from "./redis.js";
import { settings } from "./settings.js";

export const app = express();
const options: session.SessionOptions = { secret: settings.sessionSecret, resave: false, saveUninitialized: false };
app.use(session({ ...options, store: new RedisStore({ client: redis, ttl: 1800 }) }));
