import session from "express-session";
import { store } from "./store.js";

export const sessions = session({
  store,
  secret: process.env.SESSION_SECRET ?? "keyboard cat",
  resave: false,
  saveUninitialized: false,
});
