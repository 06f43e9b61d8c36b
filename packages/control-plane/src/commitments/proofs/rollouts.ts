import type { Commitment } from "@toban/definition";
import { releases } from "../../rollout/index.ts";
import { inconclusive, type Judgement, pass } from "../proof-kind.ts";
import { type Kind, noFaults, text } from "./system.ts";

// What these measure is the release ledger: what rollouts on this system really did.

type Step = { weight: number; phase: string; observedSeconds: number; requests: number; verdict: string };
type Rollouts = {
  /** Newest first. */
  rollouts: {
    version: string;
    fromVersion: string | null;
    result: string | null;
    steps: Step[];
    rollbackSeconds: number | null;
    /** Version that serves now. */
    live: string | null;
  }[];
};

const measure: Kind<Rollouts>["measure"] = async (system, ctx, parameters) => {
  const service = String(parameters.service);
  const rows = await system.db.tx(ctx, (tx) => releases(tx, { service }));
  const observed = (await system.observe()).find((candidate) => candidate.service === service);
  const live = Object.entries(observed?.weights ?? {}).find(([, weight]) => weight === 100)?.[0] ?? null;
  return {
    rollouts: rows
      .filter((row) => row.environment === system.environment && row.kind === "deploy")
      .map((row) => ({
        version: row.version,
        fromVersion: row.fromVersion,
        result: row.result,
        steps: row.steps.map(({ weight, phase, observedSeconds, requests, verdict }) => ({
          weight,
          phase,
          observedSeconds,
          requests,
          verdict,
        })),
        rollbackSeconds: row.rollbackSeconds,
        live,
      })),
  };
};

const none = (what: string): Judgement =>
  inconclusive(
    "no_rollout",
    "—",
    text(
      `The ledger has no ${what} in this environment yet.`,
      `この環境の台帳には、対象となるロールアウトがまだありません（${what}）。`,
    ),
    text(
      "Deploy a release, or run `npm run gameday`.",
      "リリースをデプロイするか `npm run gameday` を実行してください。",
    ),
  );

const succeeded = ({ rollouts }: Rollouts) =>
  rollouts.find((rollout) => rollout.result === "succeeded" && rollout.fromVersion !== null);
/** The newest that was judged a failure; one that stopped undecided says nothing about failures. */
const rolledBack = ({ rollouts }: Rollouts) => {
  const all = rollouts.filter((rollout) => rollout.result === "rolled-back");
  return all.find((rollout) => rollout.steps.some((s) => s.verdict === "fail")) ?? all[0];
};

const example = (change: Partial<Rollouts["rollouts"][number]> = {}): Rollouts => ({
  rollouts: [
    {
      version: "2",
      fromVersion: "1",
      result: "succeeded",
      steps: [],
      rollbackSeconds: null,
      live: "2",
      ...change,
    },
  ],
});
const step = (weight: number, change: Partial<Step> = {}): Step => ({
  weight,
  phase: "step",
  observedSeconds: 60,
  requests: 1000,
  verdict: "pass",
  ...change,
});

/** The newest rollout that succeeded went through exactly the promised weights, beside the old version. */
export const rolloutSteps: Kind<Rollouts> = {
  kind: "rollout.steps",
  measure,
  judge(measurement, commitment) {
    const rollout = succeeded(measurement);
    if (!rollout) return none("finished rollout");
    const weights = rollout.steps.filter((s) => s.phase === "step").map((s) => s.weight);
    const due = dueSteps(commitment);
    const shown = `${weights.join(" → ")} %`;
    return noFaults(
      weights.join() === due.join() && rollout.steps.every((s) => s.verdict === "pass")
        ? []
        : [`${rollout.version} went through ${shown}, not through ${due.join(" → ")} % with a pass each`],
      () =>
        pass(shown, text("Traffic moved in the promised steps.", "トラフィックは約束の段階で移行しました。")),
      "steps_differ",
      shown,
      text(
        "Use the commitment's steps in the rollout policy.",
        "ロールアウト方針で約束の段階を使ってください。",
      ),
    );
  },
  mutants: (commitment) => ({
    "all at once": example({ steps: [step(100)] }),
    "a step left out": example({
      steps: dueSteps(commitment)
        .slice(1)
        .map((weight) => step(weight)),
    }),
    "a step without a pass": example({
      steps: dueSteps(commitment).map((weight) => step(weight, { verdict: "inconclusive" })),
    }),
  }),
};

const dueSteps = (commitment: Commitment) =>
  commitment.value.kind === "steps" ? commitment.value.percents : [10, 50, 100];

/** The newest rollout that failed was rolled back by itself, in time, and the old version serves. */
export const rolloutRollback: Kind<Rollouts> = {
  kind: "rollout.rollback",
  measure,
  judge(measurement, _commitment, parameters) {
    const rollout = rolledBack(measurement);
    if (!rollout) return none("rolled back release");
    const limit = Number(parameters.withinSeconds);
    const seconds = rollout.rollbackSeconds;
    const failed = rollout.steps.find((s) => s.verdict === "fail");
    const faults = [
      ...(failed ? [] : ["no step was judged a failure"]),
      ...(rollout.live === rollout.version ? [`${rollout.version} still serves`] : []),
      ...(rollout.live === null ? ["no version has all of the traffic"] : []),
      ...(seconds !== null && seconds <= limit
        ? []
        : [`weight 0 came after ${seconds ?? "unknown"} s, not within ${limit} s`]),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          `weight 0 after ${seconds?.toFixed(1)} s at ${failed?.weight} %`,
          text(
            "The bad release was rolled back by itself.",
            "不具合のあるリリースは自動でロールバックされました。",
          ),
        ),
      "rollback_wrong",
      `${seconds ?? "—"} s`,
      text(
        "See the rollout's steps in `npx toban releases`.",
        "`npx toban releases` で各段階を確認してください。",
      ),
    );
  },
  mutants: (_commitment, parameters) => {
    const bad = {
      version: "2",
      result: "rolled-back",
      live: "1",
      steps: [step(10, { verdict: "fail" })],
      rollbackSeconds: 1,
    };
    return {
      "too late": example({ ...bad, rollbackSeconds: Number(parameters.withinSeconds) + 1 }),
      "the bad version still serves": example({ ...bad, live: "2" }),
      "weight 0 was never confirmed": example({ ...bad, rollbackSeconds: null }),
      "nothing was judged": example({ ...bad, steps: [step(10)] }),
    };
  },
};
