import type { Proof } from "@toban/definition";
import { auditProofs } from "./audit.ts";
import { definitionProofs } from "./definition.ts";
import { deliveryProofs } from "./delivery.ts";
import { eventProofs } from "./events.ts";
import { gateProofs } from "./gate.ts";
import { securityProofs } from "./security.ts";
import { telemetryProofs } from "./telemetry.ts";

/** Runs that measure RingiFlow's promises on the running system. */
export const proofs: Proof[] = [
  ...definitionProofs,
  ...securityProofs,
  ...telemetryProofs,
  ...eventProofs,
  ...deliveryProofs,
  ...gateProofs,
  ...auditProofs,
];
