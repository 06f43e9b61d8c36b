import type { z } from "zod";
import { DefinitionError, type Finding } from "./findings.ts";
import type { Operations, OperationsSchema, RolloutOverride, RolloutPolicy } from "./model.ts";
import { parseOperations } from "./parse.ts";
import type { RegisterBuilder } from "./register.ts";

/** What operators write. Everything that has a default may be left out; other parts are named by their key. */
export type OperationsInput = Omit<z.input<typeof OperationsSchema>, "registers"> & {
  registers?: readonly RegisterBuilder[];
};

/**
 * Resolves a definition: fills defaults, validates against the schema, freezes. Throws a `DefinitionError` that
 * lists every part that does not fit. References and promises are checked by `checkOperations`.
 */
export function defineOperations(input: OperationsInput): Operations {
  const registers = (input.registers ?? []).map((register) => register.resolve());
  const parsed = parseOperations({ ...input, registers });
  if (!parsed.ok) throw new DefinitionError(parsed.findings as Finding[]);
  return parsed.operations;
}

/** The rollout policy of a service in an environment, with that environment's differences applied. */
export function rolloutPolicy(
  operations: Operations,
  environment: string,
  service: string,
): (RolloutPolicy & { because?: RolloutOverride["because"] }) | null {
  const name = operations.services[service]?.rollout;
  const policy = name === undefined ? undefined : operations.rollouts[name];
  if (name === undefined || policy === undefined) return null;
  const named = Object.entries(operations.environments[environment]?.rollouts[name] ?? {});
  return { ...policy, ...Object.fromEntries(named.filter(([, part]) => part !== undefined)) };
}
