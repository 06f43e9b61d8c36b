// Promises that the definition itself keeps: run through the very code that acts upon it.
import { days, proof } from "@toban/definition";
import { alerting, api, delivery, infrastructure, pipeline } from "../index.ts";

const expiresAfter = days(7);
const troubles = ["dependency-failure", "overload", "data-inconsistency"];
const matrix = Object.fromEntries(
  ["bff", "core", "worker"].flatMap((service) =>
    troubles.map((trouble) => [`${service} × ${trouble}`, `${service}-${trouble}`]),
  ),
);

export const definitionProofs = [
  proof("alert.boundary", {
    proves: [api.latency, api.serverErrors, api.clientErrors, api.workflowTime],
    expiresAfter,
    dependsOn: ["alerts", "indicators"],
  }),
  proof("alert.boundary-of-limit", {
    proves: infrastructure.ecsMemory,
    parameters: { alerts: { "bff-memory": "bff", "core-memory": "core", "worker-memory": "worker" } },
    expiresAfter,
    dependsOn: ["alerts", "services"],
  }),
  proof("definition.alert-links", {
    proves: [alerting.tiedToImpact, alerting.runbookLinked],
    expiresAfter,
    dependsOn: ["alerts", "runbooks"],
  }),
  proof("definition.runbook-coverage", {
    proves: alerting.runbookCoverage,
    parameters: { matrix },
    expiresAfter,
    dependsOn: ["runbooks"],
  }),
  proof("rollout.approval", {
    proves: delivery.developmentApproval,
    parameters: { service: "bff", environment: "development" },
    expiresAfter,
    dependsOn: ["environments.development"],
  }),
  proof("definition.environment-approval", {
    proves: delivery.stagingApproval,
    parameters: { environment: "staging" },
    expiresAfter,
    dependsOn: ["environments.staging"],
  }),
  proof("rollout.approval", {
    id: "rollout.approval:staging",
    proves: delivery.stagingApproval,
    parameters: { service: "bff", environment: "staging" },
    expiresAfter,
    dependsOn: ["environments.staging"],
  }),
  proof("rollout.approval", {
    proves: delivery.productionApproval,
    parameters: { service: "bff", environment: "production" },
    expiresAfter,
    dependsOn: ["environments.production"],
  }),
  proof("rollout.blue-green", {
    proves: delivery.strategy,
    parameters: { service: "bff", environment: "production" },
    expiresAfter,
    dependsOn: ["rollouts.standard", "environments.production"],
  }),
  proof("rollout.deaths", {
    proves: delivery.stability,
    parameters: { service: "bff", environment: "production" },
    expiresAfter,
    dependsOn: ["rollouts.standard", "environments.production"],
  }),
  proof("repository.triggers", {
    proves: pipeline.triggers,
    parameters: { file: ".github/workflows/ci.yml", branch: "main" },
    expiresAfter: days(1),
  }),
];
