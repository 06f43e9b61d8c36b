import { startService } from "@toban/service-kit";
import { openDatabase } from "../platform/database.ts";
import { coreRoutes } from "./routes.ts";

await startService({
  name: "core",
  environment: { required: ["DATABASE_URL", "CORE_TOKEN"] },
  build(app, service) {
    const db = openDatabase({ url: service.environment.DATABASE_URL, name: "ringiflow-core" });
    service.onStop(() => db.close());
    service.addReadinessCheck("database", () => db.check());
    const waiting = service.meter.createObservableGauge("ringiflow.db.pool.waiting", {
      description: "Callers that wait for a database connection",
    });
    waiting.addCallback((result) =>
      result.observe(db.pool().waiting, { route: "pool", status_class: "2xx", tenant: "none" }),
    );
    app.register((scope) =>
      coreRoutes(scope, {
        db,
        clock: service.clock,
        newId: service.newId,
        token: service.environment.CORE_TOKEN,
      }),
    );
  },
});
