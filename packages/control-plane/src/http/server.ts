import fastifyCookie from "@fastify/cookie";
import fastifySwagger from "@fastify/swagger";
import { securityHeaders, serveFront } from "@toban/bff";
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  LogController,
} from "fastify";
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { type Access, refusedSignIns } from "../access/index.ts";
import type { Clock, Ctx } from "../platform/ctx.ts";
import type { Database } from "../platform/database.ts";
import type { Logger } from "../platform/log.ts";
import { authentication, checkBody, signInHook } from "./authentication.ts";
import { answerErrors } from "./errors.ts";
import { requireOperations } from "./operation.ts";

export type HttpOptions = {
  db: Database;
  log: Logger;
  clock: Clock;
  newId(): string;
  tenant: string;
  cliToken: string;
  ingestToken: string;
  cookieKey: string;
  /** Built console, or undefined when only the API is wanted. */
  consoleRoot: string | undefined;
  /** Named conditions of readiness; a refusal's reason when one does not hold. */
  readiness(): Promise<Record<string, string | null>>;
  /** Mounted under `/v1`, authenticated as a person or the CLI. */
  routes: FastifyPluginAsync[];
  /** Mounted at the root, authenticated by the ingest token. */
  ingest: FastifyPluginAsync;
};

/** The HTTP server: sign-in becomes a ctx, errors become statuses, modules bring their routes. */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: options.log.child({}, { level: "warn" }) as FastifyBaseLogger,
    bodyLimit: 1024 * 1024,
    genReqId: () => options.newId(),
    forceCloseConnections: true,
    logController: new LogController({ disableRequestLogging: true }),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app);
  requireOperations(app);

  await app.register(securityHeaders);
  await app.register(fastifyCookie);
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Toban", version: "0.1.0", description: "The control plane's API." },
    },
    transform: jsonSchemaTransform,
  });
  app.decorateRequest("ctx", null as unknown as Ctx);
  app.decorateRequest("access", null as unknown as Access);
  app.decorateRequest("authorizeAgain", null as unknown as () => Promise<Access>);

  app.get("/health/live", { schema: { hide: true } }, () => ({ status: "ok" }));
  app.get("/health/ready", { schema: { hide: true } }, async (_request, reply) => {
    const checks = await options.readiness();
    const ready = Object.values(checks).every((reason) => reason === null);
    return reply.status(ready ? 200 : 503).send({ status: ready ? "ok" : "not_ready", checks });
  });

  const refused = refusedSignIns(options.db);
  app.addHook("onClose", () => refused.close());
  app.addHook("onRequest", signInHook(options, refused));
  await app.register(async (v1) => {
    v1.addHook("onRequest", authentication(options, refused));
    v1.addHook("preHandler", checkBody(options));
    for (const routes of options.routes) await v1.register(routes);
  });
  await app.register(options.ingest);
  if (options.consoleRoot) await app.register(serveFront, { root: options.consoleRoot });
  await app.ready();
  return app;
}
