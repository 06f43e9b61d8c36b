import { describe, expect, it } from "vitest";
import { checkOperations } from "./checks.ts";
import { defineOperations } from "./define.ts";
import { example, said } from "./example.ts";
import { FINDING_CODES, type FindingCode } from "./finding-codes.ts";
import type { Operations, Value } from "./model.ts";
import { parseOperations } from "./parse.ts";
import { accept, type CommitmentInput, proof, register } from "./register.ts";
import { choice, count, days, hours, ms, percent, seconds, steps, text, thresholds, years } from "./units.ts";

/** The example as plain data that a test may change at will. */
const resolved = () => structuredClone(defineOperations(example().input));

/** What a change of the example makes of its findings. */
function findingsAfter(change: (operations: Operations) => void, options?: { today?: string }) {
  const operations = resolved();
  change(operations);
  return checkOperations(operations, options);
}

const stated = (operations: Operations, id: string) =>
  operations.registers[0]!.commitments.find((commitment) => commitment.id === id)!;

type Case = [code: FindingCode, path: string, red: (o: Operations) => void, green: (o: Operations) => void];

const nothing = () => {};
const cases: Case[] = [
  [
    "duplicate-id",
    "commitments.EX-001",
    (o) => o.registers[0]!.commitments.push(structuredClone(stated(o, "EX-001"))),
    nothing,
  ],
  [
    "duplicate-id",
    "registers.EX",
    (o) => o.registers.push({ id: "EX", document: "Other", section: "1", commitments: [] }),
    (o) => o.registers.push({ id: "OTHER", document: "Other", section: "1", commitments: [] }),
  ],
  [
    "duplicate-id",
    "proofs.idle",
    (o) => o.proofs.push(...[1, 2].map(() => proof("idle", { proves: carried(o), id: "idle" }))),
    (o) => o.proofs.push(proof("idle", { proves: carried(o), id: "idle" })),
  ],
  ...reference("services.web.rollout", (o, name) => (o.services.web!.rollout = name), "standard"),
  ...reference("services.web.dependsOn.0", (o, name) => (o.services.web!.dependsOn = [name]), "core"),
  ...reference(
    "services.web.environment.CORE_URL",
    (o, name) => (o.services.web!.environment.CORE_URL = { serviceUrl: name }),
    "core",
  ),
  ...reference(
    "indicators.web-5xx.service",
    (o, name) => (o.indicators["web-5xx"] = { kind: "error-ratio", service: name, statusClass: "5xx" }),
    "web",
  ),
  ...reference("alerts.web-5xx.indicator", (o, name) => (o.alerts["web-5xx"]!.indicator = name), "web-5xx"),
  ...reference("alerts.web-5xx.runbook", (o, name) => (o.alerts["web-5xx"]!.runbook = name), "web-errors"),
  ...reference("alerts.web-5xx.route", (o, name) => (o.alerts["web-5xx"]!.route = name), "critical"),
  ...reference("routes.critical.channel", (o, name) => (o.routes.critical!.channel = name), "webhook"),
  ...reference(
    "switches.stop.services.0",
    (o, name) => (o.switches.stop = { title: said, services: [name], default: "on" }),
    "web",
  ),
  ...reference(
    "objectives.available.indicator",
    (o, name) =>
      (o.objectives.available = {
        title: said,
        indicator: name,
        target: { ...percent(99.9), commitment: "EX-003" },
        window: days(28),
      }),
    "web-5xx",
  ),
  [
    "unknown-reference",
    "environments.production.rollouts.fast",
    (o) => (o.environments.production!.rollouts = { fast: { because: said } }),
    (o) => (o.environments.production!.rollouts = { standard: { because: said } }),
  ],
  ...reference("proofs.p.proves", (o, id) => o.proofs.push({ ...bound(o), proves: [id] }), "EX-001"),
  ...reference("sessions.idleTimeout", (o, id) => (o.sessions!.idleTimeout.commitment = id), "EX-001"),
  ...reference(
    "acceptances.0.commitment",
    (o, id) =>
      o.acceptances.push({ commitment: id, reason: said, approver: "A. Person", until: "2027-01-01" }),
    "EX-001",
  ),
  ...[
    "rollouts.standard",
    "commitments.EX-001",
    "release:web",
    "runbook:web-errors",
    "schema:ringiflow",
  ].flatMap((known) =>
    reference("proofs.p.dependsOn", (o, name) => o.proofs.push(depending(o, name)), known),
  ),
  ...["release:nobody", "runbook:none", "commitments.EX-999", "schema:"].map(
    (name): Case => [
      "unknown-reference",
      "proofs.p.dependsOn",
      (o) => o.proofs.push(depending(o, name)),
      (o) => o.proofs.push(bound(o)),
    ],
  ),
  [
    "dependency-cycle",
    "services.web.dependsOn",
    (o) => o.services.core!.dependsOn.push("web"),
    (o) => (o.services.third = { ...o.services.core!, dependsOn: ["web", "core"] }),
  ],
  [
    "dependency-cycle",
    "services.core.dependsOn",
    (o) => (o.services.core!.environment.SELF = { serviceUrl: "core" }),
    (o) => (o.services.core!.environment.SELF = "core"),
  ],
  [
    "service-without-listener",
    "services.web.environment.CORE_URL",
    (o) => (o.services.core!.exposure = "none"),
    nothing,
  ],
  ["alert-without-runbook", "alerts.web-5xx.runbook", (o) => (o.alerts["web-5xx"]!.runbook = ""), nothing],
  ...(["triage", "firstResponse", "escalation"] as const).map(
    (section): Case => [
      "runbook-section-empty",
      `runbooks.web-errors.${section}`,
      (o) => (o.runbooks["web-errors"]![section] = text(" ", "")),
      nothing,
    ],
  ),
  [
    "runbook-section-empty",
    "runbooks.web-errors.owner",
    (o) => (o.runbooks["web-errors"]!.owner = ""),
    nothing,
  ],
  [
    "thresholds-mix-units",
    "commitments.EX-003.value",
    (o) => (stated(o, "EX-003").value = { ...thresholds(ms(100), ms(200)), critical: percent(5) }),
    (o) => (stated(o, "EX-003").value = o.alerts["web-5xx"]!.thresholds),
  ],
  [
    "warning-not-before-critical",
    "alerts.web-5xx.thresholds",
    (o) => (o.alerts["web-5xx"]!.thresholds = thresholds(percent(5), percent(5))),
    (o) => (o.alerts["web-5xx"]!.thresholds = thresholds(percent(4.9), percent(5))),
  ],
  [
    "warning-not-before-critical",
    "alerts.web-5xx.thresholds",
    (o) => (stated(o, "EX-003").comparator = "at-least"),
    (o) => {
      const low = { ...thresholds(percent(99), percent(95)), commitment: "EX-003" };
      Object.assign(stated(o, "EX-003"), { comparator: "at-least", value: low });
      o.alerts["web-5xx"]!.thresholds = low;
    },
  ],
  [
    "warning-not-before-critical",
    "commitments.EX-003.value",
    (o) => (stated(o, "EX-003").comparator = "at-least"),
    nothing,
  ],
  [
    "value-differs-from-commitment",
    "sessions.idleTimeout",
    (o) => (o.sessions!.idleTimeout.ms = 60_000),
    nothing,
  ],
  [
    "value-differs-from-commitment",
    "alerts.web-5xx.thresholds.critical",
    (o) => (o.alerts["web-5xx"]!.thresholds = mixed(o, percent(2))),
    (o) => (o.alerts["web-5xx"]!.thresholds = mixed(o, percent(1))),
  ],
  [
    "duration-not-positive",
    "sessions.idleTimeout",
    (o) => (o.sessions!.idleTimeout = seconds(0)),
    (o) => (o.sessions!.idleTimeout = ms(1)),
  ],
  [
    "duration-not-positive",
    "alerts.web-5xx.for",
    (o) => (o.alerts["web-5xx"]!.for = ms(-1)),
    (o) => (o.alerts["web-5xx"]!.for = ms(0)),
  ],
  [
    "duration-not-positive",
    "commitments.EX-001.value",
    (o) => (stated(o, "EX-001").value = ms(-5)),
    (o) => (stated(o, "EX-001").value = o.sessions!.idleTimeout),
  ],
  ...[steps(), steps(10, 50), steps(10, 10, 100), steps(50, 10, 100), steps(0, 100), steps(10.5, 100)].map(
    (wrong): Case => [
      "steps-not-rising-to-100",
      "rollouts.standard.steps",
      (o) => (o.rollouts.standard!.steps = wrong),
      (o) => (o.rollouts.standard!.steps = steps(100)),
    ],
  ),
  ["empty-translation", "services.web.title.ja", (o) => (o.services.web!.title.ja = " "), nothing],
  ["empty-translation", "commitments.EX-002.says.en", (o) => (stated(o, "EX-002").says.en = ""), nothing],
  [
    "empty-translation",
    "runbooks.web-errors.triage.ja",
    (o) => (o.runbooks["web-errors"]!.triage.ja = ""),
    nothing,
  ],
  [
    "number-without-commitment",
    "sessions",
    (o) => (o.sessions!.idleTimeout = seconds(5)),
    (o) => (o.environments.production!.rollouts.standard = { bake: seconds(5), because: said }),
  ],
  [
    "number-without-commitment",
    "limits.submit",
    (o) => (o.limits.submit = { rate: { kind: "rate", perSecond: 1 }, burst: o.services.web!.instances }),
    nothing,
  ],
  [
    "commitments-contradict",
    "commitments.EX-002",
    (o) => (stated(o, "EX-002").scope = "sessions.idle"),
    (o) => (stated(o, "EX-002").scope = "sessions.absolute"),
  ],
  [
    "scope-mixes-units",
    "commitments.EX-003",
    (o) => (stated(o, "EX-003").scope = "sessions.idle"),
    (o) => (stated(o, "EX-007").scope = "sessions.idle"),
  ],
];

function reference(path: string, set: (o: Operations, name: string) => unknown, known: string): Case[] {
  const change = (name: string) => (o: Operations) => void set(o, name);
  return [["unknown-reference", path, change("nobody"), change(known)]];
}

const carried = (o: Operations) =>
  o.sessions!.idleTimeout as { kind: "duration"; ms: number; commitment: string };
const bound = (o: Operations) => proof("p", { proves: carried(o), id: "p", expiresAfter: hours(1) });
const depending = (o: Operations, name: string) => ({ ...bound(o), dependsOn: [name] });
const mixed = (o: Operations, critical: ReturnType<typeof percent>) =>
  thresholds(o.alerts["web-5xx"]!.thresholds.warning, { ...critical, commitment: "EX-003" });

describe("checkOperations", () => {
  it("finds nothing in a definition that is right", () => {
    expect(findingsAfter(nothing)).toEqual([]);
  });

  it.each(cases)("%s at %s", (code, path, red, green) => {
    const wrong = findingsAfter((o) => void red(o)).filter((f) => f.code === code && f.path === path);
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toMatchObject({ severity: FINDING_CODES[code].severity });
    expect(wrong[0]!.reason).not.toBe("");
    expect(wrong[0]!.remedy).not.toBe("");
    expect(findingsAfter((o) => void green(o)).filter((f) => f.code === code)).toEqual([]);
  });

  it("has an example for every code that the schema does not report", () => {
    const seen = new Set<string>(cases.map(([code]) => code));
    const ofSchema = /^(missing-field|unknown-key|wrong-|out-of-range)/;
    expect(Object.keys(FINDING_CODES).filter((code) => !ofSchema.test(code) && !seen.has(code))).toEqual([]);
  });

  it("reports everything at once, errors before warnings", () => {
    const findings = findingsAfter((o) => {
      o.sessions!.idleTimeout = seconds(0);
      o.alerts["web-5xx"]!.runbook = "";
      o.services.web!.rollout = "standart";
    });
    expect(findings.map(({ severity }) => severity)).toEqual(["error", "error", "error", "warning"]);
    expect(findings.find((f) => f.path === "services.web.rollout")?.remedy).toContain("“standard”");
  });

  it("lets the warning of an absence alert equal its alarm", () => {
    const alert = (o: Operations) => o.alerts["web-silent"]!;
    expect(findingsAfter(nothing).filter((f) => f.path.startsWith("alerts.web-silent"))).toEqual([]);
    const missing = (o: Operations) =>
      (o.indicators["web-silent"] = { kind: "missing", metrics: ["app.queue.lag"] });
    expect(findingsAfter(missing)).toEqual([]);
    expect(findingsAfter((o) => (alert(o).indicator = "web-5xx")).map((f) => f.code)).toContain(
      "warning-not-before-critical",
    );
  });
});

describe("contradictions", () => {
  const contradictions = (
    a: CommitmentInput<Value>,
    b: CommitmentInput<Value>,
    more: { accepted?: boolean; today?: string } = {},
  ) => {
    const first = register("AA", { document: "First design", section: "1" });
    const second = register("BB", { document: "Second design", section: "2" });
    const value = first.commitment("AA-001", a);
    second.commitment("BB-001", b);
    const terms = { reason: said, approver: "A. Person", until: "2027-03-31" };
    const operations = defineOperations({
      system: "example",
      title: said,
      registers: [first, second],
      acceptances: more.accepted ? [accept(value, terms)] : [],
    });
    return checkOperations(operations, more.today === undefined ? {} : { today: more.today });
  };
  const rto = (value: ReturnType<typeof hours>, scope = "recovery.rto") => ({
    says: said,
    source: "9.5.1",
    value,
    scope,
  });

  it("names both sources of two recovery times", () => {
    const [finding, ...others] = contradictions(rto(hours(4)), rto(hours(1)));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: "commitments-contradict",
      severity: "error",
      sources: ["AA-001: First design, 9.5.1", "BB-001: Second design, 9.5.1"],
    });
    expect(finding?.reason).toContain("at-most 4 h");
  });

  it("ends when one is scoped away, when both agree, or while one is accepted", () => {
    expect(contradictions(rto(hours(4), "recovery.rto/ringiflow"), rto(hours(1)))).toEqual([]);
    expect(contradictions(rto(hours(1)), rto(hours(1)))).toEqual([]);
    expect(contradictions(rto(hours(4)), rto(hours(1)), { accepted: true })).toEqual([]);
    expect(contradictions(rto(hours(4)), rto(hours(1)), { accepted: true, today: "2027-03-31" })).toEqual([]);
    expect(
      contradictions(rto(hours(4)), rto(hours(1)), { accepted: true, today: "2027-04-01" }),
    ).toHaveLength(1);
  });

  it.each([
    ["kept at least 3 years against at least 1 year", years(3), "at-least", years(1), "at-least", 1],
    ["kept at least 1 year against at most 90 days", years(1), "at-least", days(90), "at-most", 1],
    ["kept at least 90 days and at most 1 year", days(90), "at-least", years(1), "at-most", 0],
    ["at least and at most the same", days(90), "at-least", days(90), "at-most", 0],
    ["above and at most the same", days(90), "above", days(90), "at-most", 1],
    ["above and below with room between", days(1), "above", days(2), "below", 0],
    ["exactly what is allowed at most", days(1), "equals", days(2), "at-most", 0],
    ["exactly more than is allowed", days(3), "equals", days(2), "below", 1],
    ["TLS 1.3 against TLS 1.2", choice("tls-1.3"), "equals", choice("tls-1.2-or-newer"), "equals", 1],
    ["encryption by KMS twice", choice("aes-256-kms"), "equals", choice("aes-256-kms"), "equals", 0],
    ["steps that differ", steps(10, 50, 100), "equals", steps(10, 100), "equals", 1],
    [
      "thresholds that differ",
      thresholds(percent(70), percent(85)),
      "at-most",
      thresholds(percent(80), percent(90)),
      "at-most",
      1,
    ],
    [
      "thresholds that agree",
      thresholds(count(1), count(3)),
      "at-most",
      thresholds(count(1), count(3)),
      "at-most",
      0,
    ],
  ] as const)("%s", (_name, a, comparatorA, b, comparatorB, expected) => {
    const common = { says: said, source: "1", scope: "one" };
    const found = contradictions(
      { ...common, value: a, comparator: comparatorA },
      { ...common, value: b, comparator: comparatorB },
    );
    expect(found.filter((f) => f.code === "commitments-contradict")).toHaveLength(expected);
  });
});

it("checks what was read from data as well as what was built", () => {
  const parsed = parseOperations(JSON.parse(JSON.stringify(resolved())));
  expect(parsed.ok && checkOperations(parsed.operations)).toEqual([]);
});
