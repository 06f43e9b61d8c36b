import type { AddressInfo } from "node:net";
import { createSessionCookie } from "../access/index.ts";
import { createHttpServer } from "../http/index.ts";
import { unavailable } from "../platform/errors.ts";
import { createLogger } from "../platform/log.ts";
import type { TestDatabase } from "../platform/testing.ts";
import { type AuditRouteDeps, apiRoutes, type RouteDeps } from "./routes.ts";

/**
 * Every route of the API on a real socket and a real database; what is outside of both, and is not given, fails when it
 * is called.
 */
export async function serveApi(
  t: TestDatabase,
  given: {
    extra?: Parameters<typeof createHttpServer>[0]["routes"];
    cliToken?: string;
    audit?: Partial<AuditRouteDeps>;
  } = {},
) {
  const { extra = [], cliToken = "cli", audit = {} } = given;
  const absent = (): never => {
    throw unavailable("absent", "Not part of this test.", "Nothing.");
  };
  const parts = new Map<string | symbol, unknown>([
    ["db", t.db],
    ["tenant", t.ctx.tenant],
    ["then", undefined],
  ]);
  const outside: object = new Proxy(absent, {
    get: (_, name) => (parts.has(name) ? parts.get(name) : outside),
    apply: absent,
  });
  const deps = new Proxy(
    {
      db: t.db,
      tombstones: undefined,
      // Parts may lack what is optional, so these are named.
      audit: { db: t.db, keys: outside, log: outside, secrets: outside, erasures: outside, ...audit },
      rollout: outside,
      alerting: outside,
      proofs: outside,
      overview: async () => absent(),
    },
    { get: (target, name) => (name in target ? target[name as keyof typeof target] : absent) },
  ) as unknown as RouteDeps;
  const server = await createHttpServer({
    db: t.db,
    log: createLogger("test", "silent"),
    clock: t.ctx.clock,
    newId: t.ctx.newId,
    tenant: t.ctx.tenant,
    cliToken,
    ingestToken: "ingest",
    cookieKey: "cookie",
    consoleRoot: undefined,
    readiness: async () => ({}),
    routes: [...apiRoutes(deps), ...extra],
    ingest: async () => {},
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    server,
    port,
    /** By the CLI's token, as this person. */
    as: (actor: string, tenant?: string) => ({
      authorization: `Bearer ${cliToken}`,
      "x-toban-actor": actor,
      ...(tenant === undefined ? {} : { "x-tenant-id": tenant }),
    }),
    session: (actorId: string, isMachine = false) => ({
      cookie: `toban-session=${createSessionCookie(t.ctx, "cookie", { actorId, isMachine })}`,
      origin,
    }),
    /** The answer's head and text; a stream is left after its head. */
    async ask(method: string, url: string, headers: Record<string, string> = {}, body?: unknown) {
      const abort = new AbortController();
      const response = await fetch(`${origin}${url}`, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: abort.signal,
      });
      const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
      const text = isStream ? "" : await response.text();
      if (isStream) abort.abort();
      return { status: response.status, headers: response.headers, text, code: codeOf(text) };
    },
  };
}

function codeOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { code?: string } }).error?.code;
  } catch {
    return undefined;
  }
}
