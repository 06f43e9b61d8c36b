import { z } from "zod";

/** What a user may set in `toban.check.json` under `deployment`. */
export const deploymentSettings = z
  .strictObject({
    /** Workloads (by name) that must run exactly once, such as a scheduler; one replica of them is only a warning. */
    singletons: z.array(z.string()).default([]),
    /**
     * How actions of GitHub workflows must be pinned: `third-party` blocks tags of everybody but GitHub and the
     * cloud vendors, `sha` blocks every tag.
     */
    actionPins: z.enum(["third-party", "sha"]).default("third-party"),
    /** Further owners whose actions may be used by tag, beside `actions` and `github`. */
    trustedActionOwners: z
      .array(z.string())
      .default(["aws-actions", "azure", "docker", "google-github-actions", "hashicorp", "microsoft"]),
    /** The least replicas of a service: with one, the restart of a pod is an outage (INV-007). */
    minimumReplicas: z.number().int().min(1).default(2),
    /** Seconds that a service must have between SIGTERM and SIGKILL; below this it is asked about. */
    gracefulStopSeconds: z.number().int().min(0).default(10),
    /** Variables that look like secrets by their name and are none. */
    notSecret: z.array(z.string()).default([]),
    /** Branches that production is released from (GL-030). */
    productionBranches: z.array(z.string()).default(["main", "master"]),
  })
  .prefault({});

export type DeploymentSettings = z.output<typeof deploymentSettings>;
