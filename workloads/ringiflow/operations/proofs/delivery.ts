// What rollouts on this system really did, and what its audit record says about them.
import { days, proof } from "@toban/definition";
import { auditLog, delivery, repository } from "../index.ts";

const expiresAfter = days(30);
const dependsOn = ["rollouts.standard", "release:bff"];
const parameters = { service: "bff" };

export const deliveryProofs = [
  proof("rollout.steps", { proves: delivery.steps, parameters, expiresAfter, dependsOn }),
  proof("rollout.rollback", {
    proves: [delivery.healthDecides, delivery.automaticRollback],
    parameters: { ...parameters, withinSeconds: 15 },
    expiresAfter,
    dependsOn,
  }),
  proof("rollout.independent", {
    proves: repository.independentDeployment,
    parameters: { ...parameters, others: ["core", "worker"] },
    expiresAfter,
    dependsOn: ["release:bff", "release:core", "release:worker"],
  }),
  proof("audit.fields", { proves: auditLog.recordFields, expiresAfter: days(7) }),
  proof("audit.reconstruction", { proves: auditLog.reconstructable, expiresAfter: days(7), dependsOn }),
];
