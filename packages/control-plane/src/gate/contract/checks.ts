import { checks } from "../check.ts";
import { BODY_CHECKS } from "./checks/bodies.ts";
import { EVOLUTION_CHECKS } from "./checks/evolution.ts";
import { OPERATION_CHECKS } from "./checks/operations.ts";
import { PARAMETER_CHECKS } from "./checks/parameters.ts";
import { REQUEST_CHECKS } from "./checks/requests.ts";
import { RESPONSE_CHECKS } from "./checks/responses.ts";
import { SECURITY_CHECKS } from "./checks/security.ts";
import { UNDECIDED_CHECKS } from "./checks/undecided.ts";

export const CONTRACT_CHECKS = checks({
  ...UNDECIDED_CHECKS,
  ...OPERATION_CHECKS,
  ...PARAMETER_CHECKS,
  ...BODY_CHECKS,
  ...SECURITY_CHECKS,
  ...REQUEST_CHECKS,
  ...RESPONSE_CHECKS,
  ...EVOLUTION_CHECKS,
});
