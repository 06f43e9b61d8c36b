export { ingestAuthentication } from "./authentication.ts";
export { assembleOverview, type OverviewInput, SERIES_STEP_MS, seriesRange } from "./overview.ts";
export { type Overview, OverviewSchema } from "./overview-schema.ts";
export { commonRoutes } from "./routes.ts";
export { createHttpServer, type HttpOptions } from "./server.ts";
export { streamRoute } from "./stream.ts";
