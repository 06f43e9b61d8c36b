import { connectAgent } from "@toban/agent";
import { conflict, invalid, refusalOf, TobanError, unavailable } from "../../platform/errors.ts";
import type { ObservedTarget, TargetDriver } from "../types.ts";

/** Releases as processes of this machine, run by the agent behind `socketPath`. */
export function localDriver(socketPath: string): TargetDriver {
  const agent = connectAgent(socketPath);
  return {
    async observe(service) {
      const observed = await ask(() => agent.getService(service)).catch((error) => {
        if (error instanceof TobanError && error.code === "service_unknown") return null;
        throw error;
      });
      return observed as ObservedTarget | null;
    },
    async apply(service, desired, fence) {
      await ask(() => agent.putService(service, { ...desired, fence }));
    },
    command: (input) => ask(() => agent.runCommand(input)),
  };
}
