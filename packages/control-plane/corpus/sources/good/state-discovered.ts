import { createRemoteJWKSet, jwtVerify } from "jose";
import { z } from "zod";

const env = z.object({ ISSUER: z.string().url() }).parse(process.env);
const jwks = createRemoteJWKSet(new URL(`${env.ISSUER}/jwks`), { timeoutDuration: 3000 });
const discovered = new Map<string, Promise<string>>();

export async function verify(token: string) {
  const { payload } = await jwtVerify(token, jwks, { issuer: env.ISSUER });
  return payload.sub;
}

export function discover(issuer: string) {
  if (!discovered.has(issuer)) {
    discovered.set(issuer, fetch(`${issuer}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(3000) }).then((r) => r.text()));
  }
  return discovered.get(issuer)!;
}
