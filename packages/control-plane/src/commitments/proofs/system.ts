import type { ObservedService } from "@toban/agent";
import type { Operations, Text } from "@toban/definition";
import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import type { RolloutDeps } from "../../rollout/index.ts";
import type { Telemetry } from "../../telemetry/index.ts";
import { fail, type Judgement, type ProofKind } from "../proof-kind.ts";

/** What a proof may touch of the running system. */
export type ProofSystem = {
  operations: Operations;
  environment: string;
  /** Folder of the checkout, with its CI files; an installed Toban has none there. */
  repository: string;
  db: Database;
  telemetry: Telemetry;
  /** What the agent observes right now. */
  observe(): Promise<ObservedService[]>;
  /** Runs a one-off command of the live release of a service. */
  command(
    service: string,
    command: string[],
    timeoutMs: number,
  ): Promise<{ exitCode: number; output: string }>;
  /** Value of a secret that the definition names. */
  secret(name: string): string | undefined;
  /** Asks the control plane's own API, as the machine when the headers say nothing else. */
  api(request: {
    method?: string;
    path: string;
    body?: object;
    headers?: Record<string, string>;
  }): Promise<{ status: number; body: Buffer }>;
  /** For planning a rollout without starting it. */
  rollout: RolloutDeps;
};

export type Kind<M> = Omit<ProofKind<ProofSystem>, "measure" | "judge" | "mutants"> & {
  measure(system: ProofSystem, ctx: Ctx, parameters: Record<string, unknown>): Promise<M>;
  judge(
    measurement: M,
    commitment: Parameters<ProofKind<ProofSystem>["judge"]>[1],
    parameters: Record<string, unknown>,
  ): Judgement;
  mutants(
    commitment: Parameters<ProofKind<ProofSystem>["mutants"]>[0],
    parameters: Record<string, unknown>,
  ): Record<string, M>;
};

export const text = (en: string, ja: string): Text => ({ en, ja });

/** Base URL of a service's listener, as the agent observes it. */
export async function listenerUrl(system: ProofSystem, service: string): Promise<string | undefined> {
  const listener = (await system.observe()).find((observed) => observed.service === service)?.listener;
  return listener ? `http://${listener.host}:${listener.port}` : undefined;
}

/** Passes when no fault was found, else fails naming all of them. */
export function noFaults(
  faults: string[],
  passed: () => Judgement,
  code: string,
  measured: string,
  remedy: Text,
): Judgement {
  if (faults.length === 0) return passed();
  const list = faults.join("; ");
  return fail(code, measured, text(list, list), remedy);
}
