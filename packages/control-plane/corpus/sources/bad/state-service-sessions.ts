const sessions = new Map<string, { userId: string; expires: number }>();

export function createSession(id: string, userId: string, now: number) {
  sessions.set(id, { userId, expires: now + 1_800_000 });
}

export function findSession(id: string, now: number) {
  const session = sessions.get(id);
  return session && session.expires > now ? session : undefined;
}
