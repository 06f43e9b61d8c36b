import type { RolloutPolicy, Text } from "@toban/definition";
import { type Bucket, binomialOneSided, bucketQuantile, fisherOneSided, slowerThan } from "./statistics.ts";

/** What users saw of one version, as raw counts. */
export type Counts = { requests: number; errors: number; bucketsMs: Bucket[] };

export type Verdict = {
  verdict: "pass" | "fail" | "inconclusive";
  code: string;
  reason: Text;
  remedy: Text;
};

/** A verdict against the candidate needs at least this many bad requests, whatever the ratio. */
export const MINIMUM_FAILURES = 3;

/**
 * Candidate against baseline. `fail` may be acted on at any moment, `pass` only after the full observed time.
 * Too little data is `inconclusive`, never `pass`. Looking every second raises the chance of a false alarm above
 * `significance`; the minimum sample and three bad requests keep a single unlucky response from deciding.
 */
export function judge(candidate: Counts, baseline: Counts, analysis: RolloutPolicy["analysis"]): Verdict {
  const minimum = analysis.minimumSamples.count;
  const { requests, errors } = candidate;
  if (requests < minimum) return tooFew(requests, minimum);

  const share = errors / requests;
  const limit = analysis.maximumErrorRatio.ratio;
  if (errors >= MINIMUM_FAILURES && share >= limit) {
    return {
      verdict: "fail",
      code: "error_ratio_too_high",
      reason: {
        en: `${errors} of ${requests} requests of the candidate failed (${percent(share)}); the limit is ${percent(limit)}.`,
        ja: `新しい版への要求 ${requests} 件のうち ${errors} 件が失敗しました(${percent(share)})。上限は ${percent(limit)} です。`,
      },
      remedy: lookAtCandidate,
    };
  }
  const p = fisherOneSided(candidate, baseline);
  if (errors >= MINIMUM_FAILURES && p <= analysis.significance) {
    const base = baseline.errors / baseline.requests;
    return {
      verdict: "fail",
      code: "worse_than_baseline",
      reason: {
        en: `The candidate fails more often than the live version: ${percent(share)} against ${percent(base)} (p = ${p.toPrecision(2)}).`,
        ja: `新しい版は稼働中の版より多く失敗しています: ${percent(share)} 対 ${percent(base)}(p = ${p.toPrecision(2)})。`,
      },
      remedy: lookAtCandidate,
    };
  }
  if (errors > 0 && share >= limit) {
    return {
      verdict: "inconclusive",
      code: "too_few_errors",
      reason: {
        en: `${errors} of ${requests} requests of the candidate failed (${percent(share)}); ${MINIMUM_FAILURES} failures, or more requests without one, decide.`,
        ja: `新しい版への要求 ${requests} 件のうち ${errors} 件が失敗しました(${percent(share)})。判断には ${MINIMUM_FAILURES} 件の失敗か、失敗のない要求の積み重ねが必要です。`,
      },
      remedy: waitForTraffic,
    };
  }
  const slow = judgeLatency(candidate, analysis);
  if (slow) return slow;
  if (errors > 0 && baseline.requests < minimum) {
    return {
      verdict: "inconclusive",
      code: "baseline_too_small",
      reason: {
        en: `The candidate had ${errors} errors and the live version only ${baseline.requests} requests to compare with.`,
        ja: `新しい版に ${errors} 件の失敗がありますが、比較する稼働中の版の要求が ${baseline.requests} 件しかありません。`,
      },
      remedy: waitForTraffic,
    };
  }
  return {
    verdict: "pass",
    code: "as_good_as_baseline",
    reason: {
      en: `${errors} of ${requests} requests failed (${percent(share)}); no sign of being worse than the live version.`,
      ja: `要求 ${requests} 件のうち失敗は ${errors} 件(${percent(share)})で、稼働中の版より悪い兆候はありません。`,
    },
    remedy: nothingToDo,
  };
}

function judgeLatency(candidate: Counts, analysis: RolloutPolicy["analysis"]): Verdict | null {
  if (!analysis.latency) return null;
  const { quantile, maximum } = analysis.latency;
  const name = `p${Number((quantile * 100).toFixed(3))}`;
  const timed = candidate.bucketsMs.reduce((sum, b) => sum + b.count, 0);
  if (timed < analysis.minimumSamples.count) return tooFew(timed, analysis.minimumSamples.count);
  const value = bucketQuantile(candidate.bucketsMs, quantile) ?? Number.POSITIVE_INFINITY;
  if (value <= maximum.ms) return null;
  const slow = slowerThan(candidate.bucketsMs, maximum.ms);
  const reason = {
    en: `${name} of the candidate is about ${Math.round(value)} ms; the limit is ${maximum.ms} ms (${slow} of ${timed} requests were slower).`,
    ja: `新しい版の ${name} は約 ${Math.round(value)} ms で、上限は ${maximum.ms} ms です(${timed} 件のうち ${slow} 件が超過)。`,
  };
  const certain =
    slow >= MINIMUM_FAILURES && binomialOneSided(slow, timed, 1 - quantile) <= analysis.significance;
  return certain
    ? { verdict: "fail", code: "latency_too_high", reason, remedy: lookAtCandidate }
    : { verdict: "inconclusive", code: "latency_uncertain", reason, remedy: waitForTraffic };
}

function tooFew(requests: number, minimum: number): Verdict {
  return {
    verdict: "inconclusive",
    code: "too_few_requests",
    reason: {
      en: `The candidate answered ${requests} requests; ${minimum} are needed for a judgement.`,
      ja: `新しい版が応答した要求は ${requests} 件です。判断には ${minimum} 件が必要です。`,
    },
    remedy: waitForTraffic,
  };
}

export const percent = (ratio: number): string => `${Number((ratio * 100).toFixed(2))} %`;

export const lookAtCandidate: Text = {
  en: "Read the candidate's logs and traces, correct the cause and deploy a new version.",
  ja: "新しい版のログとトレースを確認し、原因を直してから新しい版を配備してください。",
};
export const waitForTraffic: Text = {
  en: "Wait for more traffic, or lower minimumSamples in the rollout policy when the service is quiet.",
  ja: "要求が増えるのを待つか、要求の少ないサービスではロールアウト方針の minimumSamples を下げてください。",
};
export const nothingToDo: Text = { en: "Nothing to do.", ja: "対応は不要です。" };
