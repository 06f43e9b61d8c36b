import { SpanStatusCode } from "@opentelemetry/api";
import { refuse, startService } from "../index.ts";

/** A small service that the tests start as a real process. */
await startService({
  name: "sample",
  environment: { required: ["SAMPLE_SECRET"], optional: ["SAMPLE_UPSTREAM", "SAMPLE_BREAK"] },
  async build(app, service) {
    const { SAMPLE_UPSTREAM: upstream, SAMPLE_BREAK: broken, SAMPLE_SECRET: secret } = service.environment;
    if (broken === "build") throw new Error("cannot build", { cause: new Error(`password=${secret}`) });
    let ready = broken !== "readiness";
    service.addReadinessCheck("database", async () => {
      if (!ready) throw new Error("connection refused by postgres://app:hunter2hunter2@db/app");
    });
    if (broken === "slow-readiness") service.addReadinessCheck("slow", () => new Promise(() => {}), 100);
    const orders = service.meter.createCounter("orders");
    service.onStop(() => service.log.info("own work at the stop"));

    app.get("/hello/:name", async (request) => {
      request.setTenant("acme");
      service.log.info({ password: secret }, `hello from taro@example.com with Bearer ${secret}`);
      service.tracer.startActiveSpan("look up", (span) => {
        span.setAttribute("note", `Bearer ${secret}`);
        span.setAttribute("authorization", secret);
        span.recordException(new Error(`password=${secret}`));
        span.setStatus({ code: SpanStatusCode.ERROR, message: `token=${secret}` });
        span.end();
      });
      orders.add(1, { route: "/hello/:name", status_class: "2xx", tenant: "none" });
      return { correlationId: request.correlationId };
    });
    app.post("/echo", async (request) => {
      service.log.info("after the body");
      return { body: request.body, correlationId: request.correlationId };
    });
    app.get("/fail", async () => {
      throw new Error("outer", { cause: new Error(`cookie: session=${secret}`) });
    });
    app.get("/refuse", async () => {
      throw refuse(409, "version_conflict", "Someone was faster.", "Read it again.");
    });
    app.get<{ Querystring: { ms: string } }>("/slow", async (request) => {
      await new Promise((resolve) => setTimeout(resolve, Number(request.query.ms)));
      return { done: true };
    });
    app.get("/events", async (_request, reply) => {
      const stream = service.sse(reply);
      stream.send("overview", { at: 1 });
      return reply;
    });
    app.get("/upstream", async (_request, reply) => {
      const response = await service.fetch(`${upstream}/hello/upstream`, { timeoutMs: 300 });
      return reply.code(response.status).send(await response.json());
    });
    app.post("/ready", async () => {
      ready = true;
      return {};
    });
    app.post("/crash", async () => {
      setTimeout(() => {
        throw new Error("out of the blue", { cause: new Error(`token: ${secret}`) });
      }, 0);
      return {};
    });
    app.post("/reject", async () => {
      void Promise.reject(new Error(`unhandled: secret=${secret}`));
      return {};
    });
  },
});
