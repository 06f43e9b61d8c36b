import session from "express-session";
import type { Express } from "express";

export function withSessions(app: Express, secret: string) {
  app.use(session({ store: new session.MemoryStore(), secret, resave: false, saveUninitialized: false }));
}
