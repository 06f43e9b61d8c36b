import path from "node:path";
import { runtimeDir } from "../platform/home.ts";

/** Where the agent of this home listens. */
export const agentSocket = (home: string): string => path.join(runtimeDir(home), "agent.sock");
