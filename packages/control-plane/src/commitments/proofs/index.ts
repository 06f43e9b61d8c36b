import type { ProofKind } from "../proof-kind.ts";
import { alertBoundary, alertBoundaryOfLimit } from "./alerts.ts";
import { auditFields, auditReconstruction } from "./audit.ts";
import { auditPrivilegeAlert, auditSignInAlert } from "./audit-alerts.ts";
import { auditAppendOnly, auditTamperEvident } from "./audit-log.ts";
import { auditReading } from "./audit-reading.ts";
import { auditRetention } from "./audit-retention.ts";
import { telemetryCrossReference } from "./cross-reference.ts";
import { alertLinks, environmentApproval, runbookCoverage } from "./definition.ts";
import { gateDueTimes, gateSbom, gateSeeded } from "./gate.ts";
import { httpCsrf } from "./http-csrf.ts";
import { httpCors, httpHeaders } from "./http-headers.ts";
import { httpInputs } from "./http-inputs.ts";
import { httpIsolation } from "./http-isolation.ts";
import { repositoryTriggers } from "./repository.ts";
import { rolloutApproval, rolloutBlueGreen, rolloutDeaths, rolloutIndependent } from "./rollout-plans.ts";
import { rolloutRollback, rolloutSteps } from "./rollouts.ts";
import { sessionCookie, sessionLimit, sessionServerSide } from "./sessions.ts";
import type { Kind, ProofSystem } from "./system.ts";
import { telemetryCanary, telemetryCorrelated, telemetryLabels } from "./telemetry.ts";
import { workloadRepair } from "./workload.ts";
import { workloadQueue } from "./workload-queue.ts";

export type { ProofSystem } from "./system.ts";

const kinds = [
  alertBoundary,
  alertBoundaryOfLimit,
  alertLinks,
  auditAppendOnly,
  auditFields,
  auditPrivilegeAlert,
  auditReading,
  auditReconstruction,
  auditRetention,
  auditSignInAlert,
  auditTamperEvident,
  environmentApproval,
  gateDueTimes,
  gateSbom,
  gateSeeded,
  httpCors,
  httpCsrf,
  httpHeaders,
  httpInputs,
  httpIsolation,
  repositoryTriggers,
  rolloutApproval,
  rolloutBlueGreen,
  rolloutDeaths,
  rolloutIndependent,
  rolloutRollback,
  rolloutSteps,
  runbookCoverage,
  sessionCookie,
  sessionLimit,
  sessionServerSide,
  telemetryCanary,
  telemetryCorrelated,
  telemetryCrossReference,
  telemetryLabels,
  workloadQueue,
  workloadRepair,
] as Kind<unknown>[];

/** Every kind of proof, by name. */
export const proofKinds = Object.fromEntries(kinds.map((kind) => [kind.kind, kind])) as Record<
  string,
  ProofKind<ProofSystem>
>;
