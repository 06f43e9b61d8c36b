import type { ProofKind } from "../proof-kind.ts";
import { alertBoundary } from "./alerts.ts";
import { alertLinks, environmentApproval, runbookCoverage } from "./definition.ts";
import { rolloutRollback, rolloutStability, rolloutSteps } from "./rollouts.ts";
import type { Kind, ProofSystem } from "./system.ts";

export type { ProofSystem } from "./system.ts";

const kinds = [
  alertBoundary,
  alertLinks,
  environmentApproval,
  rolloutRollback,
  rolloutStability,
  rolloutSteps,
  runbookCoverage,
] as Kind<unknown>[];

/** Every kind of proof, by name. */
export const proofKinds = Object.fromEntries(kinds.map((kind) => [kind.kind, kind])) as Record<
  string,
  ProofKind<ProofSystem>
>;
