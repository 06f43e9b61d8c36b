import { type ObserveSpec, observeStep, planRollout, releases, startObserving } from "../../rollout/index.ts";
import { pass } from "../proof-kind.ts";
import { type Kind, noFaults, type ProofSystem, text } from "./system.ts";

// What these measure is what the planner and the observer of rollouts decide, in any environment of the
// definition in force: the very functions that a deployment calls, without a deployment.

type Step = {
  name: string;
  action: string;
  approvers: number;
  weight: number | null;
  seconds: number | null;
  compensated: boolean;
  automaticRollback: boolean;
};
type Plan = { steps: Step[]; instances: number };

const release = (version: string) => ({ version, directory: "/none", digest: `sha256:${version}` });

/** The plan of a rollout that a program asks for, from a version that serves to another one. */
function planned(system: ProofSystem, parameters: Record<string, unknown>) {
  const service = String(parameters.service);
  const listener = { host: "127.0.0.1", port: 1 };
  const result = planRollout(
    system.operations,
    String(parameters.environment ?? system.environment),
    {
      target: { desired: null, listener, weights: { old: 100 }, instances: [] },
      candidate: { ...release("new"), hasMigration: true },
      stable: release("old"),
      listener,
    },
    { kind: "deploy", service, version: "new", approved: false },
  );
  return result.kind === "run" ? result.plan.steps : [];
}

function shown(system: ProofSystem, parameters: Record<string, unknown>): Plan {
  const steps = planned(system, parameters);
  return {
    instances: system.operations.services[String(parameters.service)]?.instances.count ?? 0,
    steps: steps.map((step) => {
      const input = step.input as {
        percent?: number;
        weight?: number;
        seconds?: number;
        automaticRollback?: boolean;
      };
      return {
        name: step.name,
        action: step.action,
        approvers: step.wait?.kind === "approval" ? step.wait.approvers : 0,
        weight: input.percent ?? input.weight ?? null,
        seconds: input.seconds ?? null,
        compensated: step.compensate !== undefined,
        automaticRollback: input.automaticRollback === true,
      };
    }),
  };
}

const aStep = (name: string, action: string, part: Partial<Step> = {}): Step => ({
  ...{ name, action, approvers: 0, weight: null, seconds: null, compensated: false, automaticRollback: true },
  ...part,
});
const EXAMPLE: Step[] = [
  aStep("start", "rollout.start", { compensated: true }),
  aStep("await-healthy", "rollout.await-healthy"),
  aStep("weight-100", "rollout.weights", { weight: 100, compensated: true }),
  aStep("bake", "rollout.observe", { weight: 100, seconds: 60 }),
  aStep("drain", "rollout.drain"),
];
const APPROVAL = aStep("approve", "nothing", { approvers: 1 });

/**
 * What a program that deploys has to wait for in `parameters.environment`: with "manual" a person's approval before
 * anything else happens, otherwise nobody's.
 */
export const rolloutApproval: Kind<Plan> = {
  kind: "rollout.approval",
  measure: async (system, _ctx, parameters) => shown(system, parameters),
  judge({ steps }, { value }, parameters) {
    const due = value.kind === "choice" ? value.choice : "";
    const approvals = steps.filter(({ approvers }) => approvers > 0).length;
    const first = (steps[0]?.approvers ?? 0) > 0;
    const faults = [
      ...(steps.length > 1 ? [] : ["nothing is planned"]),
      ...(due === "manual" && !first ? ["the first step does not wait for an approval"] : []),
      ...(due !== "manual" && approvals > 0 ? [`${approvals} steps wait for an approval`] : []),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          due === "manual"
            ? `step 1 of ${steps.length} waits for ${steps[0]?.approvers} approval`
            : `${steps.length} steps, no approval`,
          text("A deployment waits for exactly what was promised.", "デプロイが待つ承認は約束どおりです。"),
        ),
      "approval_differs",
      `${approvals} approvals in ${steps.length} steps`,
      text(
        `Correct \`approval\` of the environment ${parameters.environment}.`,
        `環境 ${parameters.environment} の approval を直してください。`,
      ),
    );
  },
  mutants: ({ value }) => ({
    "nothing is planned": { instances: 1, steps: [] },
    ...(value.kind === "choice" && value.choice === "manual"
      ? {
          "no approval": { instances: 1, steps: EXAMPLE },
          "approval after the start": { instances: 1, steps: [EXAMPLE[0]!, APPROVAL, ...EXAMPLE.slice(1)] },
        }
      : { "a person has to approve": { instances: 1, steps: [APPROVAL, ...EXAMPLE] } }),
  }),
};

/**
 * Blue/green: the new version runs beside the old one before it gets traffic, at full capacity, and the old
 * one keeps its own until traffic has stayed on the new one.
 */
export const rolloutBlueGreen: Kind<Plan> = {
  kind: "rollout.blue-green",
  measure: async (system, _ctx, parameters) => shown(system, parameters),
  judge({ steps, instances }, { value }) {
    const at = (action: string) => steps.findIndex((step) => step.action === action);
    const [start, healthy, traffic, drain] = ["start", "await-healthy", "weights", "drain"].map((name) =>
      at(`rollout.${name}`),
    ) as [number, number, number, number];
    const moved = steps.findIndex(({ action, weight }) => action === "rollout.weights" && weight === 100);
    const between = steps.slice(moved + 1, drain).filter(({ action }) => action === "rollout.observe");
    const faults = [
      ...(value.kind === "choice" && value.choice === "blue-green" ? [] : ["blue/green was not promised"]),
      ...(start >= 0 && start < healthy && healthy < traffic
        ? []
        : ["the new version gets traffic before it runs healthily beside the old one"]),
      ...(drain > moved && moved >= 0 ? [] : ["the old version ends before all traffic has moved"]),
      ...(between.length > 0 ? [] : ["the old version ends as soon as traffic has moved"]),
      ...(instances > 0 ? [] : ["the service has no instances"]),
    ];
    const order = steps.map(({ name }) => name).join(" → ");
    return noFaults(
      faults,
      () => pass(order, text("Both versions stand side by side.", "新旧の版が並んで動きます。")),
      "not_blue_green",
      order || "—",
      text("Use the commitment as the policy's `strategy`.", "方針の strategy に約束の値を使ってください。"),
    );
  },
  mutants: () => ({
    "in place": { instances: 1, steps: [EXAMPLE[4]!, ...EXAMPLE.slice(0, 4)] },
    "traffic before health": {
      instances: 1,
      steps: [EXAMPLE[0]!, EXAMPLE[2]!, EXAMPLE[1]!, ...EXAMPLE.slice(3)],
    },
    "the old version ends at once": { instances: 1, steps: EXAMPLE.filter(({ name }) => name !== "bake") },
    "nothing is planned": { instances: 1, steps: [] },
  }),
};

type Deaths = {
  /** Of each observed step: what is decided when the version dies at that second, and when it stays healthy. */
  steps: { name: string; seconds: number; dies: { at: number; decision: string }[]; healthyAt: number }[];
  compensated: boolean;
  automaticRollback: boolean;
};

/**
 * A version that dies while it is observed, at seconds around the promised time, run through the observer that
 * decides about rollouts, with the plan of `parameters.environment`.
 */
export const rolloutDeaths: Kind<Deaths> = {
  kind: "rollout.deaths",
  async measure(system, _ctx, parameters) {
    const steps = planned(system, parameters);
    const observed = steps.filter(({ action }) => action === "rollout.observe");
    return {
      steps: observed.map((step) => {
        const spec = step.input as unknown as ObserveSpec & { name: string };
        return {
          name: step.name,
          seconds: spec.seconds,
          dies: [spec.seconds - 15, spec.seconds - 1, spec.seconds + 1].map((at) => ({
            at,
            decision: simulate(spec, at).decision,
          })),
          healthyAt: simulate(spec, Number.POSITIVE_INFINITY).at,
        };
      }),
      compensated: steps
        .filter(({ action }) => action === "rollout.weights" || action === "rollout.start")
        .every(({ compensate }) => compensate?.action === "rollout.restore"),
      automaticRollback: observed.every(
        ({ input }) => (input as { automaticRollback?: boolean }).automaticRollback === true,
      ),
    };
  },
  judge({ steps, compensated, automaticRollback }, { value }) {
    const due = value.kind === "duration" ? value.ms / 1000 : null;
    const faults = [
      ...(steps.length > 0 ? [] : ["nothing is observed"]),
      ...steps.flatMap(({ name, seconds, dies, healthyAt }) => [
        ...(due === null || seconds >= due
          ? []
          : [`${name} is observed for ${seconds} s, less than ${due} s`]),
        ...(healthyAt >= seconds ? [] : [`${name} passes after ${healthyAt} s`]),
        ...(dies.length === 3 ? [] : [`${name}: too few cases`]),
        ...dies
          .filter(({ at, decision }) => decision !== (at < seconds ? "fail" : "pass"))
          .map(({ at, decision }) => `${name}: dies at ${at} s: ${decision}`),
      ]),
      ...(compensated && automaticRollback ? [] : ["a failure is not rolled back by itself"]),
    ];
    const [first] = steps;
    return noFaults(
      faults,
      () =>
        pass(
          `${steps.length} steps of ${first?.seconds} s; dies at ${first?.dies.map(({ at, decision }) => `${at} s: ${decision}`).join(", ")}`,
          text(
            "A version that dies within the promised time is rolled back.",
            "約束の時間内に停止した版は切り戻されます。",
          ),
        ),
      "death_overlooked",
      `${faults.length} faults in ${steps.length} steps`,
      text(
        "Use the commitments as `stability` and `automaticRollback` of the policy.",
        "方針の stability と automaticRollback に約束の値を使ってください。",
      ),
    );
  },
  mutants({ value }) {
    const seconds = value.kind === "duration" ? value.ms / 1000 : 60;
    const good = (part: Partial<Deaths["steps"][number]> = {}): Deaths => ({
      steps: [
        {
          ...{ name: "observe-10", seconds, healthyAt: seconds },
          dies: [
            { at: seconds - 15, decision: "fail" },
            { at: seconds - 1, decision: "fail" },
            { at: seconds + 1, decision: "pass" },
          ],
          ...part,
        },
      ],
      compensated: true,
      automaticRollback: true,
    });
    return {
      "a death is overlooked": good({
        dies: [seconds - 15, seconds - 1, seconds + 1].map((at) => ({ at, decision: "pass" })),
      }),
      "passes too early": good({ healthyAt: seconds - 1 }),
      ...(value.kind === "duration"
        ? { "observed too short": good({ seconds: seconds / 2, healthyAt: seconds }) }
        : {}),
      "nothing is observed": { ...good(), steps: [] },
      "somebody has to roll back": { ...good(), automaticRollback: false },
      "nothing restores the old version": { ...good(), compensated: false },
    };
  },
};

/** One look a second at a version with healthy traffic that dies at second `diesAt`. */
function simulate(spec: ObserveSpec, diesAt: number): { decision: string; at: number } {
  const start = 1_000_000_000_000;
  const instance = { id: "i", version: "new", restarts: spec.restarts };
  let memo = startObserving(start);
  const restarts = typeof spec.restarts === "number" ? spec.restarts : 0;
  for (let second = 1; second <= spec.seconds * 4 + 60; second++) {
    const counts = (share: number) => {
      const requests = Math.floor(second * share);
      return { requests, errors: 0, bucketsMs: [{ upTo: 1, count: requests }] };
    };
    const alive = second < diesAt;
    const look = {
      now: start + second * 1000,
      instances: Array.from({ length: spec.instances }, (_, i) => ({
        ...instance,
        id: `i${i}`,
        restarts,
        state: alive ? ("healthy" as const) : ("failed" as const),
        healthySince: alive ? new Date(start).toISOString() : null,
      })),
      actualWeight: spec.weight,
      counts: {
        ...{ since: memo.since, whole: null, reportedSeconds: second },
        ...{ candidate: counts(50), baseline: counts(50) },
      },
    };
    const observation = observeStep(memo, look, { ...spec, restarts });
    memo = observation.memo;
    if (observation.decision !== "continue") return { decision: observation.decision, at: second };
  }
  return { decision: "continue", at: Number.POSITIVE_INFINITY };
}

type Independent = {
  /** The newest finished rollout of the service. */
  rollout: { version: string; fromVersion: string; startedAt: string; endedAt: string } | null;
  others: { service: string; version: string | null; rolloutsMeanwhile: number; instancesBefore: number }[];
};

/** The newest rollout of `parameters.service` left the instances of `parameters.others` as they were. */
export const rolloutIndependent: Kind<Independent> = {
  kind: "rollout.independent",
  async measure(system, ctx, parameters) {
    const rows = await system.db.tx(ctx, (tx) => releases(tx, { limit: 200 }));
    const row = rows.find(
      ({ service, result, fromVersion }) =>
        service === parameters.service && result === "succeeded" && fromVersion !== null,
    );
    const { startedAt, endedAt } = row ?? {};
    const observed = await system.observe();
    return {
      rollout:
        row && startedAt && endedAt
          ? { version: row.version, fromVersion: row.fromVersion ?? "", startedAt, endedAt }
          : null,
      others: (parameters.others as string[]).map((service) => {
        const instances = observed.find((candidate) => candidate.service === service)?.instances ?? [];
        return {
          service,
          version: instances[0]?.version ?? null,
          rolloutsMeanwhile: rows.filter(
            (other) =>
              other.service === service &&
              startedAt &&
              other.startedAt >= startedAt &&
              other.startedAt <= (endedAt ?? ""),
          ).length,
          instancesBefore: instances.filter(
            (instance) =>
              instance.state === "healthy" && startedAt && (instance.startedAt ?? startedAt) < startedAt,
          ).length,
        };
      }),
    };
  },
  judge({ rollout, others }, _commitment, parameters) {
    const names = parameters.others as string[];
    const faults = rollout
      ? [
          ...(others.length === names.length ? [] : ["another service was not looked at"]),
          ...others.flatMap(({ service, version, rolloutsMeanwhile, instancesBefore }) => [
            ...(rolloutsMeanwhile === 0 ? [] : [`${service} was deployed as well`]),
            ...(instancesBefore > 0 ? [] : [`no instance of ${service} is older than the rollout`]),
            ...(version !== rollout.version ? [] : [`${service} runs ${version} too`]),
          ]),
        ]
      : [`${parameters.service} was never rolled out from one version to another`];
    return noFaults(
      faults,
      () =>
        pass(
          `${parameters.service} ${rollout?.fromVersion} → ${rollout?.version} beside ${others.map(({ service, version }) => `${service} ${version}`).join(", ")}, untouched`,
          text("Each service is deployed on its own.", "サービスは互いに独立してデプロイされます。"),
        ),
      "not_independent",
      `${faults.length} faults`,
      text(
        "Deploy a release of this service alone, or run `npm run gameday`.",
        "このサービスだけをデプロイするか、`npm run gameday` を実行してください。",
      ),
    );
  },
  mutants(_commitment, parameters) {
    const rollout = { version: "2", fromVersion: "1", startedAt: "2026-01-01", endedAt: "2026-01-02" };
    const others = (parameters.others as string[]).map((service) => ({
      ...{ service, version: "1", rolloutsMeanwhile: 0, instancesBefore: 1 },
    }));
    return {
      "deployed together": { rollout, others: others.map((o) => ({ ...o, rolloutsMeanwhile: 1 })) },
      "restarted meanwhile": { rollout, others: others.map((o) => ({ ...o, instancesBefore: 0 })) },
      "never deployed": { rollout: null, others },
      "nobody was looked at": { rollout, others: [] },
    };
  },
};
