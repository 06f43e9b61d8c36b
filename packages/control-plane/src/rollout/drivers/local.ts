import { AgentError, connectAgent } from "@toban/agent";
import { TobanError } from "../../platform/errors.ts";
import type { TargetDriver } from "../types.ts";

/** Releases as processes of this machine, run by the agent behind `socketPath`. */
export function localDriver(socketPath: string): TargetDriver {
  const agent = connectAgent(socketPath);
  return {
    observe: (service) =>
      asToban(async () => {
        try {
          return await agent.getService(service);
        } catch (error) {
          if (error instanceof AgentError && error.kind === "not_found") return null;
          throw error;
        }
      }),
    apply: (service, desired, fence) =>
      asToban(async () => {
        await agent.putService(service, { ...desired, fence });
      }),
    command: (input) => asToban(() => agent.run(input)),
  };
}

/** The agent's refusals are the same four words; only the class is another. */
async function asToban<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    const { kind, code, reason, remedy } = error;
    throw new TobanError(kind, { code, reason, remedy }, { cause: error });
  }
}
