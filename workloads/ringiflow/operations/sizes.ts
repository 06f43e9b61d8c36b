import { bytes, mebibytes, thresholds } from "@toban/definition";
import { infrastructure } from "./monitoring.ts";

/** What one instance may use before it is replaced. */
export const memoryLimit = mebibytes(384);

const { warning, critical } = infrastructure.ecsMemory;

/** RF-065 states shares of the limit; instances report bytes. */
export const memoryThresholds = thresholds(
  bytes(Math.floor(memoryLimit.bytes * warning.ratio)),
  bytes(Math.floor(memoryLimit.bytes * critical.ratio)),
);
