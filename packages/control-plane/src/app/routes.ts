import type { FastifyPluginAsync } from "fastify";
import { accessRoutes } from "../access/index.ts";
import { alertingRoutes } from "../alerting/index.ts";
import {
  erasureRoutes,
  exportRoutes,
  holdRoutes,
  logRoutes,
  searchRoutes,
  verificationRoutes,
} from "../audit/index.ts";
import { commitmentRoutes } from "../commitments/index.ts";
import { gateRoutes } from "../gate/index.ts";
import { commonRoutes, streamRoute } from "../http/index.ts";
import { incidentRoutes } from "../incidents/index.ts";
import { rolloutRoutes } from "../rollout/index.ts";
import { runRoutes } from "../runs/index.ts";

export type AuditRouteDeps = Parameters<typeof logRoutes>[0] &
  Parameters<typeof exportRoutes>[0] &
  Parameters<typeof verificationRoutes>[0] &
  Parameters<typeof erasureRoutes>[0];
export type RouteDeps = Parameters<typeof commonRoutes>[0] &
  Parameters<typeof gateRoutes>[0] & {
    /** Absent while the audit log of this process is not open. */
    audit?: AuditRouteDeps | undefined;
    tombstones?: Parameters<typeof accessRoutes>[0]["tombstones"];
    rollout: Parameters<typeof rolloutRoutes>[0];
    alerting: Parameters<typeof alertingRoutes>[0];
    proofs: Parameters<typeof commitmentRoutes>[0];
  };

/** Every route under /v1: what the server serves, what OpenAPI describes and what the authorization test walks over. */
export const apiRoutes = (deps: RouteDeps): FastifyPluginAsync[] => [
  commonRoutes(deps),
  searchRoutes(deps),
  holdRoutes(deps),
  ...(deps.audit ? auditLogRoutes(deps.audit) : []),
  streamRoute(deps.overview),
  runRoutes(deps),
  rolloutRoutes(deps.rollout),
  gateRoutes(deps),
  alertingRoutes(deps.alerting),
  incidentRoutes(deps),
  commitmentRoutes(deps.proofs),
  accessRoutes(deps),
];

const auditLogRoutes = (deps: AuditRouteDeps): FastifyPluginAsync[] => [
  logRoutes(deps),
  exportRoutes(deps),
  verificationRoutes(deps),
  erasureRoutes(deps),
];
