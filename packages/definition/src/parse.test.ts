import { expect, it } from "vitest";
import { defineOperations } from "./define.ts";
import { example } from "./example.ts";
import type { FindingCode } from "./finding-codes.ts";
import { parseOperations } from "./parse.ts";

const resolved = () => JSON.parse(JSON.stringify(defineOperations(example().input)));

it("reads its own output again without a change", () => {
  const parsed = parseOperations(resolved());
  expect(parsed.ok && parsed.operations).toEqual(resolved());
  expect(parsed.ok && Object.isFrozen(parsed.operations.services)).toBe(true);
});

type Part = Record<string, unknown>;
const at = (data: Part, ...keys: string[]): Part => keys.reduce((part, key) => part[key] as Part, data);

it.each<[code: FindingCode, path: string, change: (data: Part) => unknown]>([
  ["missing-field", "services.web.exposure", (d) => delete at(d, "services", "web").exposure],
  ["missing-field", "title", (d) => delete d.title],
  ["unknown-key", "servises", (d) => (d.servises = {})],
  ["unknown-key", "services.web.ports", (d) => (at(d, "services", "web").ports = 1)],
  ["unknown-key", "sessions.idleTimeout.seconds", (d) => (at(d, "sessions", "idleTimeout").seconds = 1)],
  ["wrong-type", "sessions.idleTimeout.ms", (d) => (at(d, "sessions", "idleTimeout").ms = "30")],
  ["wrong-type", "sessions.idleTimeout.ms", (d) => (at(d, "sessions", "idleTimeout").ms = Number.NaN)],
  ["wrong-type", "services", (d) => (d.services = [])],
  ["wrong-value", "services.web.exposure", (d) => (at(d, "services", "web").exposure = "world")],
  ["wrong-value", "services.web.health.path", (d) => (at(d, "services", "web", "health").path = "ready")],
  [
    "wrong-value",
    "environments.production.approval.choice",
    (d) => (at(d, "environments", "production", "approval").choice = "sometimes"),
  ],
  ["wrong-value", "sessions.idleTimeout.kind", (d) => (at(d, "sessions", "idleTimeout").kind = "ratio")],
  [
    "wrong-shape",
    "services.web.environment.CORE_URL",
    (d) => (at(d, "services", "web", "environment").CORE_URL = 5),
  ],
  ["wrong-shape", "indicators.x", (d) => (at(d, "indicators").x = { kind: "feeling" })],
  ["wrong-name", "services.Web Front", (d) => (at(d, "services")["Web Front"] = at(d, "services", "web"))],
  [
    "out-of-range",
    "rollouts.standard.analysis.significance",
    (d) => (at(d, "rollouts", "standard", "analysis").significance = 1),
  ],
  ["out-of-range", "services.web.instances.count", (d) => (at(d, "services", "web", "instances").count = -1)],
])("%s at %s", (code, path, change) => {
  const data = resolved();
  change(data);
  const parsed = parseOperations(data);
  const findings = parsed.ok ? [] : parsed.findings.filter((f) => f.code === code);
  expect(findings.map((f) => f.path.replace(/\.kind$/, ""))).toContain(path.replace(/\.kind$/, ""));
  for (const finding of findings)
    expect(finding).toMatchObject({ severity: "error", reason: /./, remedy: /./ });
});

it.each([null, undefined, 5, "text", [], () => {}])("refuses %o as a whole", (input) => {
  const parsed = parseOperations(input);
  expect(parsed.ok).toBe(false);
  expect(!parsed.ok && parsed.findings.length).toBeGreaterThan(0);
});

it("refuses parameters that have no digest", () => {
  const data = resolved();
  data.proofs = [
    {
      id: "p",
      kind: "k",
      proves: ["EX-001"],
      parameters: { run: () => {} },
      expiresAfter: data.sessions.idleTimeout,
    },
  ];
  const parsed = parseOperations(data);
  expect(!parsed.ok && parsed.findings).toMatchObject([{ code: "wrong-value", path: "proofs.0.parameters" }]);
});

it("reports every mistake at once", () => {
  const data = resolved();
  data.title = 5;
  data.services.web.exposure = "world";
  delete data.services.core.rollout;
  const parsed = parseOperations(data);
  expect(!parsed.ok && parsed.findings.map(({ path }) => path)).toEqual([
    "title",
    "services.web.exposure",
    "services.core.rollout",
  ]);
});
