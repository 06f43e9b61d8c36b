// A small definition without any finding, from which the tests make faulty ones.
import type { OperationsInput } from "./define.ts";
import { register } from "./register.ts";
import {
  absent,
  choice,
  count,
  hours,
  minutes,
  percent,
  seconds,
  statement,
  steps,
  text,
  thresholds,
} from "./units.ts";

export const said = text("A promise", "約束");

/** Fresh on each call: nothing that one test changes reaches another. */
export function example() {
  const ex = register("EX", { document: "Example design", section: "1" });
  const says = said;
  const promised = {
    idle: ex.commitment("EX-001", { says, source: "1.1", value: minutes(30), scope: "sessions.idle" }),
    absolute: ex.commitment("EX-002", { says, source: "1.1", value: hours(8) }),
    errors: ex.commitment("EX-003", { says, source: "2.1", value: thresholds(percent(0.1), percent(1)) }),
    steps: ex.commitment("EX-004", { says, source: "3", value: steps(10, 50, 100) }),
    stability: ex.commitment("EX-005", { says, source: "3", value: seconds(60), comparator: "at-least" }),
    approval: ex.commitment("EX-006", { says, source: "3", value: choice("manual") }),
    logs: ex.commitment("EX-007", { says, source: "4", value: statement() }),
    respond: ex.commitment("EX-008", { says, source: "2.2", value: minutes(15) }),
    one: ex.commitment("EX-009", { says, source: "5", value: count(1) }),
    samples: ex.commitment("EX-010", { says, source: "5", value: count(30) }),
    short: ex.commitment("EX-011", { says, source: "5", value: seconds(1) }),
  };
  const service = {
    title: text("Web", "ウェブ"),
    exposure: "public" as const,
    instances: promised.one,
    health: { interval: promised.short, timeout: promised.short },
    drain: promised.short,
    rollout: "standard",
  };
  const input: OperationsInput = {
    system: "example",
    title: text("Example", "例"),
    registers: [ex],
    services: {
      web: { ...service, dependsOn: ["core"], environment: { CORE_URL: { serviceUrl: "core" } } },
      core: { ...service, exposure: "internal" },
    },
    environments: { production: { title: text("Production", "本番"), approval: promised.approval } },
    rollouts: {
      standard: {
        steps: promised.steps,
        stability: promised.stability,
        bake: promised.stability,
        startTimeout: promised.stability,
        extensions: promised.one,
        analysis: {
          minimumSamples: promised.samples,
          significance: 0.01,
          maximumErrorRatio: promised.errors.critical,
        },
      },
    },
    indicators: {
      "web-5xx": { kind: "error-ratio", service: "web", statusClass: "5xx" },
      "web-silent": { kind: "absence", service: "web", signal: "spans" },
    },
    alerts: {
      "web-5xx": {
        title: text("Requests fail", "要求が失敗しています"),
        indicator: "web-5xx",
        thresholds: promised.errors,
        window: promised.stability,
        for: promised.short,
        impact: text("Users see errors", "利用者にエラーが見えます"),
        runbook: "web-errors",
        route: "critical",
      },
      "web-silent": {
        title: text("Nothing is heard", "途絶えています"),
        indicator: "web-silent",
        thresholds: absent(),
        window: promised.stability,
        for: promised.short,
        impact: text("Nobody knows", "状態が分かりません"),
        runbook: "web-errors",
        route: "critical",
      },
    },
    routes: { critical: { channel: "webhook", respondWithin: promised.respond } },
    channels: { webhook: { kind: "webhook", url: { secret: "alert-webhook" } } },
    runbooks: {
      "web-errors": {
        title: text("Errors", "エラー"),
        owner: "operations",
        triage: text("Look", "調べる"),
        firstResponse: text("Roll back", "戻す"),
        escalation: text("Call", "連絡する"),
      },
    },
    sessions: { idleTimeout: promised.idle, absoluteTimeout: promised.absolute },
    mechanisms: { logs: { title: text("Logs", "ログ"), keeps: [promised.logs] } },
  };
  return { input, ex, promised };
}
