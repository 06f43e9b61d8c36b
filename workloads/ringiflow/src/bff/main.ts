import path from "node:path";
import { fileURLToPath } from "node:url";
import { csrf, pgSessionStore, securityHeaders, serveFront, sessions } from "@toban/bff";
import { startService } from "@toban/service-kit";
import { openPool } from "../platform/database.ts";
import { createCoreClient } from "./core-client.ts";
import { apiRoutes } from "./routes.ts";
import { sessionLimits } from "./session-limits.ts";

const PUBLIC = path.join(path.dirname(fileURLToPath(import.meta.url)), "public");

await startService({
  name: "bff",
  environment: {
    required: ["CORE_URL", "CORE_TOKEN", "SESSION_DATABASE_URL"],
    optional: ["SESSION_IDLE_MS", "SESSION_ABSOLUTE_MS"],
  },
  async build(app, service) {
    const { CORE_URL, CORE_TOKEN, SESSION_DATABASE_URL } = service.environment;
    const pool = openPool(SESSION_DATABASE_URL, "ringiflow-bff");
    service.onStop(() => pool.end());
    service.addReadinessCheck("sessions", async () => void (await pool.query("SELECT 1")));

    await app.register(securityHeaders);
    await app.register(sessions, {
      store: pgSessionStore(pool, "ringiflow.bff_sessions"),
      clock: service.clock,
      ...sessionLimits(service.environment),
    });
    await app.register(csrf);
    const core = createCoreClient({ fetch: service.fetch, url: CORE_URL, token: CORE_TOKEN });
    app.register((scope) => apiRoutes(scope, core));
    await app.register(serveFront, { root: PUBLIC });
  },
});
