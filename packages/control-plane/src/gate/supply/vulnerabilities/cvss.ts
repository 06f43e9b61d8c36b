/** How bad a vulnerability is, in the words of CVSS (npm and GitHub say "moderate" for medium). */
export type Level = "critical" | "high" | "medium" | "low" | "none";

const ORDER: readonly Level[] = ["none", "low", "medium", "high", "critical"];

export const rank = (level: Level): number => ORDER.indexOf(level);

export const worst = (levels: readonly Level[]): Level | undefined =>
  levels.length === 0 ? undefined : levels.reduce((a, b) => (rank(b) > rank(a) ? b : a));

const WORDS: Record<string, Level> = {
  critical: "critical",
  high: "high",
  important: "high",
  medium: "medium",
  moderate: "medium",
  low: "low",
  minor: "low",
  negligible: "low",
  unimportant: "low",
  info: "none",
  none: "none",
};

/** The level of a word such as "MODERATE"; undefined for "unknown" and for what nobody has defined. */
export const levelOfWord = (word: unknown): Level | undefined =>
  typeof word === "string" ? WORDS[word.trim().toLowerCase()] : undefined;

/** Qualitative rating scale, CVSS v3.1 specification, section 5; the same numbers hold for v4.0. */
export function levelOfScore(score: number): Level {
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  if (score >= 4) return "medium";
  return score > 0 ? "low" : "none";
}

type Weights = Record<string, number>;

// Metric values: CVSS v3.1 specification, section 7.4 (https://www.first.org/cvss/v3.1/specification-document).
const AV: Weights = { N: 0.85, A: 0.62, L: 0.55, P: 0.2 };
const AC: Weights = { L: 0.77, H: 0.44 };
const PR: Weights = { N: 0.85, L: 0.62, H: 0.27 };
const PR_CHANGED: Weights = { N: 0.85, L: 0.68, H: 0.5 };
const UI: Weights = { N: 0.85, R: 0.62 };
const CIA: Weights = { H: 0.56, L: 0.22, N: 0 };

// Metric values: CVSS v2 guide, section 3.2.1 (https://www.first.org/cvss/v2/guide).
const V2: Record<string, Weights> = {
  AV: { L: 0.395, A: 0.646, N: 1 },
  AC: { H: 0.35, M: 0.61, L: 0.71 },
  Au: { M: 0.45, S: 0.56, N: 0.704 },
  C: { N: 0, P: 0.275, C: 0.66 },
  I: { N: 0, P: 0.275, C: 0.66 },
  A: { N: 0, P: 0.275, C: 0.66 },
};

/**
 * Base score of a CVSS v2, v3.0 or v3.1 vector. Undefined for a vector that lacks a base metric, has one twice or has an
 * unknown value, and for v4.0, whose score needs a table rather than a formula.
 */
export function baseScore(vector: string): number | undefined {
  const text = vector.trim().replace(/^\(|\)$/g, "");
  if (text.length > 400) return undefined;
  const parts = text.split("/");
  const version = /^CVSS:(\d\.\d)$/.exec(parts[0] ?? "")?.[1];
  const metrics = new Map<string, string>();
  for (const part of version === undefined ? parts : parts.slice(1)) {
    const [name, value, more] = part.split(":");
    if (!name || !value || more !== undefined || metrics.has(name)) return undefined;
    metrics.set(name, value);
  }
  if (version === "3.0" || version === "3.1") return baseScore3(metrics);
  return version === undefined || version === "2.0" ? baseScore2(metrics) : undefined;
}

function baseScore3(metrics: Map<string, string>): number | undefined {
  const scope = metrics.get("S");
  if (scope !== "U" && scope !== "C") return undefined;
  const weigh = (table: Weights, name: string) => table[metrics.get(name) ?? ""];
  const all = [
    weigh(AV, "AV"),
    weigh(AC, "AC"),
    weigh(scope === "C" ? PR_CHANGED : PR, "PR"),
    weigh(UI, "UI"),
    weigh(CIA, "C"),
    weigh(CIA, "I"),
    weigh(CIA, "A"),
  ];
  if (all.includes(undefined)) return undefined;
  const [av, ac, pr, ui, c, i, a] = all as [number, number, number, number, number, number, number];
  const base = 1 - (1 - c) * (1 - i) * (1 - a);
  const impact = scope === "U" ? 6.42 * base : 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15;
  if (impact <= 0) return 0;
  const sum = impact + 8.22 * av * ac * pr * ui;
  return roundUp(Math.min(scope === "U" ? sum : 1.08 * sum, 10));
}

/** Up to one decimal, without floating-point noise: CVSS v3.1 specification, appendix A. */
function roundUp(value: number): number {
  const scaled = Math.round(value * 100_000);
  return scaled % 10_000 === 0 ? scaled / 100_000 : (Math.floor(scaled / 10_000) + 1) / 10;
}

function baseScore2(metrics: Map<string, string>): number | undefined {
  const weights = Object.entries(V2).map(([name, table]) => table[metrics.get(name) ?? ""]);
  if (weights.includes(undefined)) return undefined;
  const [av, ac, au, c, i, a] = weights as [number, number, number, number, number, number];
  const impact = 10.41 * (1 - (1 - c) * (1 - i) * (1 - a));
  const score = (0.6 * impact + 0.4 * 20 * av * ac * au - 1.5) * (impact === 0 ? 0 : 1.176);
  return Math.round(score * 10) / 10;
}

/** The level of a vector, of a score as number or text, or of a word; undefined when it is none of them. */
export function levelOfRating(rating: unknown): Level | undefined {
  if (typeof rating === "number") return rating >= 0 && rating <= 10 ? levelOfScore(rating) : undefined;
  if (typeof rating !== "string") return undefined;
  if (/^\s*\d{1,2}(\.\d+)?\s*$/.test(rating)) return levelOfRating(Number(rating));
  const score = baseScore(rating);
  return score === undefined ? levelOfWord(rating) : levelOfScore(score);
}
