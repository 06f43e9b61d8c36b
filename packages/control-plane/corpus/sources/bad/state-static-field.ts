import { randomBytes } from "node:crypto";

interface Session { userId: string; expiresAt: number }

export class SessionService {
  private static sessions = new Map<string, Session>();

  static create(userId: string, now: number): string {
    const id = randomBytes(32).toString("hex");
    SessionService.sessions.set(id, { userId, expiresAt: now + 3600_000 });
    return id;
  }

  static get(id: string) {
    return SessionService.sessions.get(id);
  }
}
