// One-sided tests on raw counts. Exact where that is affordable, normal approximation above it.

/** Above this many observations the exact tail adds nothing that the approximation does not show. */
const EXACT_UP_TO = 2_000_000;

/** Natural logarithm of the gamma function for x > 0: recurrence up to 10, then Stirling's series. */
export function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  while (z < 10) {
    shift -= Math.log(z);
    z += 1;
  }
  const inverse = 1 / z;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return shift + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series;
}

export function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/**
 * Probability that a group of `requests` would hold at least `errors` of all errors if both groups failed
 * equally often (Fisher's exact test, one-sided). 1 when either group is empty.
 */
export function fisherOneSided(
  candidate: { errors: number; requests: number },
  baseline: { errors: number; requests: number },
): number {
  const { errors, requests } = candidate;
  const total = requests + baseline.requests;
  const failed = errors + baseline.errors;
  if (requests === 0 || baseline.requests === 0 || failed === 0 || errors === 0) return 1;
  if (total > EXACT_UP_TO) return twoProportionOneSided(candidate, baseline);
  const most = Math.min(failed, requests);
  const least = Math.max(0, requests - (total - failed));
  if (errors <= least) return 1;
  const logTerm = (x: number) =>
    logChoose(failed, x) + logChoose(total - failed, requests - x) - logChoose(total, requests);
  const ratio = (x: number) =>
    ((failed - x) * (requests - x)) / ((x + 1) * (total - failed - requests + x + 1));
  return Math.min(1, tail(errors, most, Math.exp(logTerm(errors)), ratio));
}

/** Probability of at least `hits` among `trials` when each hits with `probability` (binomial, one-sided). */
export function binomialOneSided(hits: number, trials: number, probability: number): number {
  if (hits <= 0) return 1;
  if (probability <= 0) return 0;
  if (probability >= 1) return 1;
  if (trials > EXACT_UP_TO) {
    const deviation = Math.sqrt(trials * probability * (1 - probability));
    return upperNormal((hits - 0.5 - trials * probability) / deviation);
  }
  const odds = probability / (1 - probability);
  const first =
    logChoose(trials, hits) + hits * Math.log(probability) + (trials - hits) * Math.log1p(-probability);
  return Math.min(
    1,
    tail(hits, trials, Math.exp(first), (x) => ((trials - x) / (x + 1)) * odds),
  );
}

/** Two-proportion z-test with pooled variance, one-sided: candidate worse than baseline. */
export function twoProportionOneSided(
  candidate: { errors: number; requests: number },
  baseline: { errors: number; requests: number },
): number {
  const pooled = (candidate.errors + baseline.errors) / (candidate.requests + baseline.requests);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / candidate.requests + 1 / baseline.requests));
  if (deviation === 0) return 1;
  const difference = candidate.errors / candidate.requests - baseline.errors / baseline.requests;
  return upperNormal(difference / deviation);
}

/** P(Z ≥ z) of the standard normal; fractional error below 1.2e-7 (rational Chebyshev form of erfc). */
export function upperNormal(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  const coefficients = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ];
  const polynomial = coefficients.reduceRight((sum, c) => sum * t + c, 0);
  const half = 0.5 * t * Math.exp(-x * x + polynomial);
  return z >= 0 ? half : 1 - half;
}

/** Sums term(x) for x = from…to, where term(x+1) = term(x) · ratio(x), until the rest cannot matter. */
function tail(from: number, to: number, first: number, ratio: (x: number) => number): number {
  let term = first;
  let sum = first;
  for (let x = from; x < to; x++) {
    const next = ratio(x);
    term *= next;
    sum += term;
    if (next < 1 && term < sum * 1e-17) break;
  }
  return sum;
}

export type Bucket = { upTo: number | null; count: number };

/** Quantile by linear interpolation inside its bucket; null without samples. The open bucket yields its lower bound. */
export function bucketQuantile(buckets: Bucket[], quantile: number): number | null {
  const sorted = sortBuckets(buckets);
  const total = sorted.reduce((sum, b) => sum + b.count, 0);
  if (total === 0) return null;
  const rank = quantile * total;
  let seen = 0;
  let lower = 0;
  for (const bucket of sorted) {
    if (bucket.count > 0 && seen + bucket.count >= rank) {
      if (bucket.upTo === null) return lower;
      return lower + (bucket.upTo - lower) * Math.max(0, (rank - seen) / bucket.count);
    }
    seen += bucket.count;
    if (bucket.upTo !== null) lower = bucket.upTo;
  }
  return lower;
}

/** Requests that were certainly slower than `limitMs`: those in buckets that begin at or above it. */
export function slowerThan(buckets: Bucket[], limitMs: number): number {
  let lower = 0;
  let slow = 0;
  for (const bucket of sortBuckets(buckets)) {
    if (lower >= limitMs) slow += bucket.count;
    if (bucket.upTo !== null) lower = bucket.upTo;
  }
  return slow;
}

function sortBuckets(buckets: Bucket[]): Bucket[] {
  return [...buckets].sort(
    (a, b) => (a.upTo ?? Number.POSITIVE_INFINITY) - (b.upTo ?? Number.POSITIVE_INFINITY),
  );
}
