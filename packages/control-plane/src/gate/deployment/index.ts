import type { Family } from "../family.ts";
import { checkDeployment } from "./check.ts";
import { DEPLOYMENT_CHECKS } from "./checks.ts";
import { deploymentSettings } from "./settings.ts";

export { checkDeployment, type DeploymentOptions } from "./check.ts";
export { DEPLOYMENT_CHECKS } from "./checks.ts";
export { recognizeDeployment } from "./recognise.ts";
export { type DeploymentSettings, deploymentSettings } from "./settings.ts";

/** Dockerfiles, Compose, Kubernetes, ECS, GitHub Actions, crontabs and systemd units. */
export const deploymentFamily: Family = {
  name: "deployment",
  checks: DEPLOYMENT_CHECKS,
  exampleFile: "manifest.yaml",
  example: (files) => checkDeployment(files, deploymentSettings.parse({}), { wholeRepository: true }),
};
