import { createHash } from "node:crypto";
import type { RequestSummary } from "./api.ts";

/**
 * The defect of 1.2.0: it writes the largest amount of an answer into the log, for a sample of the answers,
 * and forgets that a digit count can be 0. Three in ten lists and decisions end in 500 although the work
 * behind them was done properly; health checks never come here. It exists to be caught by a rollout.
 */
export function largestAmount(correlationId: string, requests: RequestSummary[]): string | null {
  const sample = createHash("sha256").update(correlationId).digest().readUInt16BE(0) % 10;
  if (sample >= 3) return null;
  const largest = Math.max(0, ...requests.map((request) => request.amountYen));
  const digits = Math.floor(sample / 3);
  return new Intl.NumberFormat("ja-JP", { notation: "compact", maximumSignificantDigits: digits }).format(
    largest,
  );
}
