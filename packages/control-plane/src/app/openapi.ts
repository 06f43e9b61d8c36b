import { createHttpServer } from "../http/index.ts";
import { systemClock } from "../platform/ctx.ts";
import { createLogger } from "../platform/log.ts";
import { apiRoutes } from "./routes.ts";

/** The API's OpenAPI 3.1 document. Nothing is started: only the routes' schemas are read. */
export async function openApiDocument(): Promise<object> {
  // Routes read their dependencies when they are called, and none is called here.
  const nothing: never = new Proxy({}, { get: (_, name) => (name === "audit" ? {} : undefined) }) as never;
  const server = await createHttpServer({
    db: nothing,
    log: createLogger("openapi", "silent"),
    clock: systemClock,
    newId: () => "",
    tenant: "",
    cliToken: "",
    ingestToken: "",
    cookieKey: "",
    consoleRoot: undefined,
    readiness: async () => ({}),
    routes: apiRoutes(nothing),
    ingest: async () => {},
  });
  const document = server.swagger();
  await server.close();
  return document;
}
