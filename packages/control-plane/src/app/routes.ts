import type { FastifyPluginAsync } from "fastify";
import { accessRoutes } from "../access/index.ts";
import { alertingRoutes } from "../alerting/index.ts";
import { searchRoutes } from "../audit/index.ts";
import { commitmentRoutes } from "../commitments/index.ts";
import { gateRoutes } from "../gate/index.ts";
import { commonRoutes, streamRoute } from "../http/index.ts";
import { incidentRoutes } from "../incidents/index.ts";
import { rolloutRoutes } from "../rollout/index.ts";
import { runRoutes } from "../runs/index.ts";

export type RouteDeps = Parameters<typeof commonRoutes>[0] &
  Parameters<typeof gateRoutes>[0] & {
    tombstones?: Parameters<typeof accessRoutes>[0]["tombstones"];
    rollout: Parameters<typeof rolloutRoutes>[0];
    alerting: Parameters<typeof alertingRoutes>[0];
    proofs: Parameters<typeof commitmentRoutes>[0];
  };

/** Every route under /v1: what the server serves, what OpenAPI describes and what the authorization test walks over. */
export const apiRoutes = (deps: RouteDeps): FastifyPluginAsync[] => [
  commonRoutes(deps),
  searchRoutes(deps),
  streamRoute(deps.overview),
  runRoutes(deps),
  rolloutRoutes(deps.rollout),
  gateRoutes(deps),
  alertingRoutes(deps.alerting),
  incidentRoutes(deps),
  commitmentRoutes(deps.proofs),
  accessRoutes(deps),
];
