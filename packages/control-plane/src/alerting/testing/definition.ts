import {
  count,
  type Indicator,
  minutes,
  type Operations,
  percent,
  seconds,
  thresholds,
} from "@toban/definition";

/** A definition with nothing but one alert on errors of `bff`, one on absence, and a webhook channel. */
export function alertingDefinition(channel: string | { secret: string }): Operations {
  const text = (en: string) => ({ en, ja: `${en}(日本語)` });
  const indicators: Record<string, Indicator> = {
    errors: { kind: "error-ratio", service: "bff", statusClass: "5xx" },
    silence: { kind: "absence", service: "bff", signal: "spans" },
  };
  const alert = {
    severities: { warning: "high", critical: "critical" } as const,
    window: minutes(1),
    for: seconds(4),
    impact: text("Users see errors."),
    runbook: "errors",
    route: "pager",
  };
  return {
    system: "test",
    title: text("Test"),
    registers: [],
    services: {},
    environments: {},
    rollouts: {},
    indicators,
    objectives: {},
    alerts: {
      "bff-errors": {
        ...alert,
        title: text("Too many errors"),
        indicator: "errors",
        thresholds: thresholds(percent(1), percent(5)),
      },
      "bff-silent": {
        ...alert,
        title: text("No telemetry"),
        indicator: "silence",
        thresholds: thresholds(count(1), count(1)),
      },
    },
    routes: { pager: { channel: "hook", respondWithin: minutes(15) } },
    channels: { hook: { kind: "webhook", url: channel } },
    runbooks: {},
    switches: {},
    limits: {},
    retention: {},
    recovery: {},
    proofs: [],
    mechanisms: {},
    acceptances: [],
  };
}
