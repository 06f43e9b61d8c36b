import { AVAILABILITY } from "./checks/availability.ts";
import { HARDENING } from "./checks/hardening.ts";
import { IMAGES } from "./checks/images.ts";
import { JOBS } from "./checks/jobs.ts";
import { READING } from "./checks/reading.ts";
import { ROLLOUT } from "./checks/rollout.ts";
import { SECRETS } from "./checks/secrets.ts";
import { STOPPING } from "./checks/stopping.ts";
import { STORAGE } from "./checks/storage.ts";
import { WORKFLOWS } from "./checks/workflows.ts";

/** All that is looked for in deployment configuration. */
export const DEPLOYMENT_CHECKS = {
  ...READING,
  ...IMAGES,
  ...AVAILABILITY,
  ...STOPPING,
  ...ROLLOUT,
  ...STORAGE,
  ...SECRETS,
  ...HARDENING,
  ...WORKFLOWS,
  ...JOBS,
};
