import { logger } from "./logger.js";

export function used(usage: { promptTokens: number; completionTokens: number }, tokens: string[]) {
  logger.info({ promptTokens: usage.promptTokens, completionTokens: usage.completionTokens }, "model answered");
  console.log(`parsed ${tokens.length} tokens`);
}
