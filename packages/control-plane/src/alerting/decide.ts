import type { Comparator, Text } from "@toban/definition";

export type AlertState = "inactive" | "pending" | "firing" | "resolved";
export type Level = "warning" | "critical";

/** What one alert of the definition asks for, in plain numbers. */
export type AlertRule = {
  id: string;
  warning: number;
  critical: number;
  /** The good condition: `at-most` is broken by a value above the threshold. */
  comparator: Comparator;
  /** How long the condition must hold before it fires. */
  forMs: number;
  /** How long the condition must be false before a firing alert resolves or falls back to warning. */
  keepMs: number;
  /** Fewer samples than this are no evaluation. */
  minimumSamples: number;
  /** "ratio", "ms", "bytes", "/s", "" and so on; only for texts. */
  unit: string;
};

/** `value: null` is missing data. */
export type AlertSample = { value: number | null; samples: number };

/** Everything the state machine remembers. It is stored, so a restart changes nothing. */
export type AlertMemory = {
  state: AlertState;
  level: Level | null;
  episode: string | null;
  since: Date;
  breachSince: Date | null;
  criticalSince: Date | null;
  clearSince: Date | null;
  belowCriticalSince: Date | null;
  noData: boolean;
  value: number | null;
  samples: number;
  firedAt: Date | null;
  resolvedAt: Date | null;
  evaluatedAt: Date;
};

export type AlertChange = {
  from: AlertState;
  to: AlertState;
  fromLevel: Level | null;
  toLevel: Level | null;
  reason: Text;
};

/** Evaluations further apart than this do not show that a condition held in between. */
export const EVALUATION_GAP_MS = 15_000;

export const initialMemory = (now: Date): AlertMemory => ({
  state: "inactive",
  level: null,
  episode: null,
  since: now,
  breachSince: null,
  criticalSince: null,
  clearSince: null,
  belowCriticalSince: null,
  noData: true,
  value: null,
  samples: 0,
  firedAt: null,
  resolvedAt: null,
  evaluatedAt: now,
});

/**
 * The state after one look at the indicator, and the change if the state or the level changed.
 * Missing or too little data neither fires nor resolves: every clock starts again when data returns.
 * `newEpisode` names a firing period, from the first page to its resolve.
 */
export function decide(
  before: AlertMemory,
  sample: AlertSample,
  rule: AlertRule,
  now: Date,
  newEpisode: () => string,
): { memory: AlertMemory; change: AlertChange | null } {
  const gap = now.getTime() - before.evaluatedAt.getTime() > EVALUATION_GAP_MS;
  const noData = sample.value === null;
  const base: AlertMemory = { ...before, noData, samples: sample.samples, evaluatedAt: now };
  if (sample.value === null || sample.samples < rule.minimumSamples) {
    return { memory: { ...base, ...stoppedClocks }, change: null };
  }

  const breached = breaks(sample.value, rule.warning, rule.comparator);
  const critical = breaks(sample.value, rule.critical, rule.comparator);
  const clock = (holds: boolean, since: Date | null) => (holds ? ((gap ? null : since) ?? now) : null);
  const memory: AlertMemory = {
    ...base,
    value: sample.value,
    breachSince: clock(breached || critical, before.breachSince),
    criticalSince: clock(critical, before.criticalSince),
    clearSince: clock(!breached && !critical, before.clearSince),
    belowCriticalSince: clock(!critical, before.belowCriticalSince),
  };
  const held = (since: Date | null, ms: number) => since !== null && now.getTime() - since.getTime() >= ms;
  const firesAt: Level | null = held(memory.criticalSince, rule.forMs)
    ? "critical"
    : held(memory.breachSince, rule.forMs)
      ? "warning"
      : null;

  const move = (to: AlertState, level: Level | null, extra: Partial<AlertMemory>, reason: Text) => ({
    memory: { ...memory, state: to, level, since: now, ...extra },
    change: { from: before.state, to, fromLevel: before.level, toLevel: level, reason },
  });
  const value = sample.value;

  if (before.state === "firing") {
    if (held(memory.clearSince, rule.keepMs)) {
      return move("resolved", null, { resolvedAt: now }, cleared(value, rule));
    }
    if (before.level === "warning" && firesAt === "critical") {
      return move("firing", "critical", { since: before.since }, exceeded(value, "critical", rule));
    }
    if (before.level === "critical" && held(memory.belowCriticalSince, rule.keepMs)) {
      return move("firing", "warning", { since: before.since }, exceeded(value, "warning", rule));
    }
    return { memory, change: null };
  }
  if (firesAt !== null) {
    const firing = { episode: newEpisode(), firedAt: now, resolvedAt: null };
    return move("firing", firesAt, firing, exceeded(value, firesAt, rule));
  }
  if (memory.breachSince !== null) {
    if (before.state === "pending") return { memory, change: null };
    return move("pending", null, { episode: null }, exceeded(value, critical ? "critical" : "warning", rule));
  }
  if (before.state === "pending") return move("inactive", null, {}, cleared(value, rule));
  return { memory, change: null };
}

/** An alert that the definition no longer has resolves, so that what was paged gets its end. */
export function retire(before: AlertMemory, now: Date): { memory: AlertMemory; change: AlertChange | null } {
  if (before.state === "inactive" || before.state === "resolved") return { memory: before, change: null };
  const to: AlertState = before.state === "firing" ? "resolved" : "inactive";
  const memory: AlertMemory = {
    ...before,
    ...stoppedClocks,
    state: to,
    level: null,
    since: now,
    evaluatedAt: now,
    resolvedAt: to === "resolved" ? now : before.resolvedAt,
  };
  const reason = {
    en: "The alert was removed from the definition.",
    ja: "アラートが定義から削除されました。",
  };
  return { memory, change: { from: before.state, to, fromLevel: before.level, toLevel: null, reason } };
}

const stoppedClocks = {
  breachSince: null,
  criticalSince: null,
  clearSince: null,
  belowCriticalSince: null,
};

/** Whether `value` breaks the good condition `value <comparator> threshold`. */
export function breaks(value: number, threshold: number, comparator: Comparator): boolean {
  switch (comparator) {
    case "at-most":
      return value > threshold;
    case "below":
      return value >= threshold;
    case "at-least":
      return value < threshold;
    case "above":
      return value <= threshold;
    case "equals":
      return value !== threshold;
  }
}

function exceeded(value: number, level: Level, rule: AlertRule): Text {
  const threshold = amount(level === "critical" ? rule.critical : rule.warning, rule.unit);
  const name = level === "critical" ? "緊急" : "警告";
  return {
    en: `${amount(value, rule.unit)}, over the ${level} threshold of ${threshold}.`,
    ja: `${amount(value, rule.unit)} で、${name}のしきい値 ${threshold} に達しています。`,
  };
}

function cleared(value: number, rule: AlertRule): Text {
  const threshold = amount(rule.warning, rule.unit);
  return {
    en: `${amount(value, rule.unit)}, within the threshold of ${threshold} again.`,
    ja: `${amount(value, rule.unit)} に戻り、しきい値 ${threshold} に収まっています。`,
  };
}

function amount(value: number, unit: string): string {
  const number = (scaled: number) => String(Number(scaled.toPrecision(3)));
  if (unit === "ratio") return `${number(value * 100)} %`;
  if (unit === "bytes") return `${number(value / 2 ** 20)} MiB`;
  return `${number(value)}${unit === "" || unit.startsWith("/") ? unit : ` ${unit}`}`;
}
