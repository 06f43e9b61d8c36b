import type { RolloutPolicy, Text } from "@toban/definition";
import { type Counts, judge, lookAtCandidate, nothingToDo, type Verdict, waitForTraffic } from "./judge.ts";
import type { TargetInstance } from "./types.ts";

/** Looks further apart than this leave a hole in the observation; the step's clock starts again. */
export const OBSERVATION_GAP_MS = 3_000;
/** From a second's end until its report can be read: the edge sends and the store inserts once a second. */
export const REPORT_DELAY_MS = 2_000;
/** A candidate that is not healthy for this long has failed; shorter, the clock starts again. */
export const UNHEALTHY_MS = 3_000;

export type ObserveSpec = {
  weight: number;
  /** Observed seconds that are needed. */
  seconds: number;
  /** Length of one extension. */
  stabilitySeconds: number;
  extensions: number;
  instances: number;
  hasTraffic: boolean;
  analysis: RolloutPolicy["analysis"];
  /** Of the candidate's instances when they had become healthy. */
  restarts: number;
};

/** What a step remembers between two looks; times in ms since the epoch. */
export type ObserveMemo = {
  startedAt: number;
  /** Since when everything was observed without a hole. */
  since: number;
  lookedAt: number;
  /** Reported seconds at the last look, and when that number last grew. */
  reported: number;
  reportedAt: number;
  unhealthySince: number | null;
  misweightedSince: number | null;
  /** Time without observation, since the last extension. */
  blindMs: number;
  extensions: number;
  firstBadAt: number | null;
};

export type LookCounts = {
  /** The memo's `since` that was asked for; the look itself may start the clock again. */
  since: number;
  reportedSeconds: number;
  candidate: Counts;
  baseline: Counts;
  /** Everything since the step began: a hole in the observation hides no failure. null: the same as the above. */
  whole: { candidate: Counts; baseline: Counts } | null;
};

/** One look. `instances: null`: the target did not answer. `counts: null`: the telemetry did not answer. */
export type Look = {
  now: number;
  instances: TargetInstance[] | null;
  actualWeight: number | null;
  counts: LookCounts | null;
};

export type Observation = {
  memo: ObserveMemo;
  decision: "continue" | "pass" | "fail";
  verdict: Verdict;
  observedSeconds: number;
  requiredSeconds: number;
};

export const startObserving = (now: number): ObserveMemo => ({
  startedAt: now,
  since: now,
  lookedAt: now,
  reported: 0,
  reportedAt: now,
  unhealthySince: null,
  misweightedSince: null,
  blindMs: 0,
  extensions: 0,
  firstBadAt: null,
});

/**
 * Whether a step goes on, has passed or has failed. A clear failure ends it at once; a pass needs the full observed
 * time without a hole; too little data prolongs it and then stops it. Missing data is never a pass.
 */
export function observeStep(before: ObserveMemo, look: Look, spec: ObserveSpec): Observation {
  const { now } = look;
  const sinceLook = now - before.lookedAt;
  const memo: ObserveMemo = { ...before, lookedAt: now };
  const at = (decision: Observation["decision"], verdict: Verdict, observedSeconds = 0): Observation => ({
    memo,
    decision,
    verdict,
    observedSeconds,
    requiredSeconds: required(memo, spec),
  });
  const blind = (verdict: Verdict): Observation => {
    restartClock(memo, now);
    memo.blindMs += Math.min(sinceLook, OBSERVATION_GAP_MS);
    if (memo.blindMs < spec.stabilitySeconds * 1000) return at("continue", verdict);
    if (memo.extensions >= spec.extensions) return at("fail", stopped(verdict));
    memo.extensions += 1;
    memo.blindMs = 0;
    return at("continue", verdict);
  };

  if (sinceLook > OBSERVATION_GAP_MS) restartClock(memo, now);
  if (look.instances === null) return blind(unreachable);

  const crashed = crash(look.instances, spec);
  if (crashed) return at("fail", crashed);
  const unhealthy = look.instances.filter((i) => i.state === "healthy").length < spec.instances;
  memo.unhealthySince = unhealthy ? (memo.unhealthySince ?? now) : null;
  if (memo.unhealthySince !== null) {
    restartClock(memo, now);
    return at(now - memo.unhealthySince >= UNHEALTHY_MS ? "fail" : "continue", notHealthy);
  }
  // One missed health check is no failure, but the healthy time counts from after it.
  const healthySince = Math.max(
    ...look.instances.map((i) => (i.healthySince ? Date.parse(i.healthySince) : now)),
  );
  if (healthySince > memo.since) restartClock(memo, now);

  if (!spec.hasTraffic) {
    const seconds = (now - memo.since) / 1000;
    return at(seconds >= required(memo, spec) ? "pass" : "continue", healthyFor(seconds), seconds);
  }
  const misweighted = look.actualWeight !== spec.weight;
  memo.misweightedSince = misweighted ? (memo.misweightedSince ?? now) : null;
  if (memo.misweightedSince !== null) {
    restartClock(memo, now);
    const long = now - memo.misweightedSince >= 10_000;
    return at(long ? "fail" : "continue", wrongWeight(look.actualWeight ?? 0, spec.weight));
  }
  if (look.counts === null) return blind(noTelemetry);
  return observeTraffic(memo, look.counts, now, spec, at, blind);
}

function observeTraffic(
  memo: ObserveMemo,
  counts: NonNullable<Look["counts"]>,
  now: number,
  spec: ObserveSpec,
  at: (decision: Observation["decision"], verdict: Verdict, observedSeconds?: number) => Observation,
  blind: (verdict: Verdict) => Observation,
): Observation {
  const reportedSeconds = counts.since === memo.since ? counts.reportedSeconds : 0;
  const observed = Math.min(reportedSeconds, (now - memo.since) / 1000);
  const whole = counts.whole && judge(counts.whole.candidate, counts.whole.baseline, spec.analysis);
  if (whole?.verdict === "fail") return at("fail", whole, observed);
  const verdict = judge(counts.candidate, counts.baseline, spec.analysis);
  if (verdict.verdict === "fail") return at("fail", verdict, observed);

  if (reportedSeconds > memo.reported) {
    memo.reported = reportedSeconds;
    memo.reportedAt = now;
  } else if (now - memo.reportedAt > OBSERVATION_GAP_MS + REPORT_DELAY_MS) {
    return blind(noTelemetry);
  }
  if (observed < required(memo, spec)) return at("continue", verdict, observed);
  if (verdict.verdict === "pass") return at("pass", verdict, observed);
  if (memo.extensions >= spec.extensions) return at("fail", stopped(verdict), observed);
  memo.extensions += 1;
  return at("continue", verdict, observed);
}

const required = (memo: ObserveMemo, spec: ObserveSpec) =>
  spec.seconds + memo.extensions * spec.stabilitySeconds;

function restartClock(memo: ObserveMemo, now: number): void {
  memo.since = now;
  memo.reported = 0;
  memo.reportedAt = now;
}

function crash(instances: TargetInstance[], spec: ObserveSpec): Verdict | null {
  const down = instances.find((i) => i.state === "failed" || i.state === "backoff");
  const restarts = instances.reduce((sum, i) => sum + i.restarts, 0);
  if (!down && restarts <= spec.restarts) return null;
  return {
    verdict: "fail",
    code: "candidate_crashed",
    reason: {
      en: `An instance of the candidate did not keep running (${restarts} restarts).`,
      ja: `新しい版のインスタンスが動作し続けませんでした(再起動 ${restarts} 回)。`,
    },
    remedy: lookAtCandidate,
  };
}

/** An observation that stays undecided ends; it never promotes. */
const stopped = (last: Verdict): Verdict => ({
  verdict: "inconclusive",
  code: last.code,
  reason: {
    en: `No judgement was possible after every extension. ${last.reason.en}`,
    ja: `延長しても判断できませんでした。${last.reason.ja}`,
  },
  remedy: last.remedy,
});

const inconclusive = (code: string, reason: Text, remedy: Text): Verdict => ({
  verdict: "inconclusive",
  code,
  reason,
  remedy,
});

const unreachable = inconclusive(
  "target_unreachable",
  {
    en: "The target does not answer, so the candidate is not observed.",
    ja: "実行環境が応答しないため、新しい版を観測できません。",
  },
  { en: "Check that the agent runs.", ja: "エージェントが動作しているか確認してください。" },
);

const noTelemetry = inconclusive(
  "no_telemetry",
  {
    en: "The edge reports nothing: no requests come, or its telemetry does not arrive.",
    ja: "エッジから計測結果が届きません。要求がないか、テレメトリが届いていません。",
  },
  {
    en: "Check the edge's telemetry and the telemetry store.",
    ja: "エッジの計測送信とテレメトリストアを確認してください。",
  },
);

const notHealthy: Verdict = {
  verdict: "fail",
  code: "candidate_unhealthy",
  reason: {
    en: "An instance of the candidate is not healthy.",
    ja: "新しい版のインスタンスが正常ではありません。",
  },
  remedy: lookAtCandidate,
};

const wrongWeight = (actual: number, expected: number): Verdict => ({
  verdict: "fail",
  code: "target_changed",
  reason: {
    en: `The candidate has ${actual} % of the traffic instead of ${expected} %.`,
    ja: `新しい版の割合が ${expected} % ではなく ${actual} % になっています。`,
  },
  remedy: waitForTraffic,
});

const healthyFor = (seconds: number): Verdict => ({
  verdict: "pass",
  code: "healthy",
  reason: {
    en: `Healthy for ${Math.floor(seconds)} s; the service takes no traffic.`,
    ja: `${Math.floor(seconds)} 秒間正常です(トラフィックを受けないサービス)。`,
  },
  remedy: nothingToDo,
});
