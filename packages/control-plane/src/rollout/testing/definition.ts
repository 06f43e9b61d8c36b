import { count, defineOperations, ms, type Operations, percent, seconds, steps } from "@toban/definition";

export type TestService = {
  exposure?: "internal" | "none";
  policy?: "quick" | "patient" | "held" | "interrupted";
  instances?: number;
};

const text = (en: string) => ({ en, ja: en });

/** Services of this name with rollouts that take seconds. */
export function rolloutDefinition(services: Record<string, TestService>): Operations {
  const quick = {
    steps: steps(10, 50, 100),
    stability: seconds(2),
    bake: seconds(1),
    startTimeout: seconds(6),
    analysis: { minimumSamples: count(8), significance: 0.01, maximumErrorRatio: percent(20) },
    // Only a service without requests shall come to their end, however slow the machine is.
    extensions: count(30),
  };
  return defineOperations({
    system: "test",
    title: text("Test"),
    services: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [
        name,
        {
          title: text(name),
          exposure: service.exposure ?? "internal",
          instances: count(service.instances ?? 1),
          health: { path: "/health/ready", interval: ms(200), timeout: ms(1000) },
          drain: seconds(2),
          environment: { TOKEN: { secret: "token" }, GREETING: "hello" },
          dependsOn: [],
          rollout: service.policy ?? "quick",
        },
      ]),
    ),
    environments: {
      production: {
        title: text("Production"),
        approval: { kind: "choice", choice: "none" },
        rollouts: {},
      },
      gated: {
        title: text("Gated"),
        approval: { kind: "choice", choice: "none" },
        gate: { kind: "choice", choice: "required" },
        rollouts: {},
      },
      guarded: {
        title: text("Guarded"),
        approval: { kind: "choice", choice: "manual" },
        rollouts: { quick: { bake: seconds(7), because: text("Seven is enough.") } },
      },
    },
    rollouts: {
      quick,
      patient: { ...quick, stability: seconds(1), extensions: count(1) },
      // The clock starts again after each interruption, so its steps are short.
      interrupted: { ...quick, stability: seconds(1), extensions: count(10) },
      held: { ...quick, automaticRollback: { kind: "choice", choice: "off" } },
    },
  });
}
