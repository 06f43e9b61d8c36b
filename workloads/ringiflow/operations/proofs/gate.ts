// What the change gate promises: RingiFlow's own contracts and migrations pass it, and with a fault they do not.
import { days, proof } from "@toban/definition";
import { delivery, pipeline, supplyChain, vulnerabilityDue } from "../index.ts";

const expiresAfter = days(7);
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

const apiContract = {
  "base.yaml": "workloads/ringiflow/contracts/core.1.0.0.openapi.json",
  "revision.yaml": "workloads/ringiflow/contracts/core.openapi.json",
};
const eventContracts = {
  "base-1": "workloads/ringiflow/contracts/released/events",
  revision: "workloads/ringiflow/contracts/events",
};
const migrations = {
  migrations: "workloads/ringiflow/migrations",
  "toban.check.json": "workloads/ringiflow/toban.check.json",
};

const renamedPath = { file: "revision.yaml", from: '"/v1/requests": {', to: '"/v2/requests": {' };

const openApi = (paths: object) => json({ openapi: "3.1.0", info: { title: "t", version: "1" }, paths });
const operation = { get: { responses: { "200": { description: "ok" } } } };
/** A removal that was announced with all that belongs to it. */
const announced = {
  changes: ["contract/operation-removed"],
  migrationNotes: "https://example.com/migration",
  compatibleUntil: "2099-12-31",
  stagedRelease: "https://example.com/rollout",
};
const evolution = (more: object) => json({ evolution: [{ ...announced, ...more }] });

const digest = `sha256:${"0".repeat(64)}`;
const sbom = json({
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  serialNumber: "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
  version: 1,
  metadata: {
    timestamp: "2026-01-01T00:00:00Z",
    component: { type: "application", name: "app", version: "1.0.0", purl: "pkg:npm/app@1.0.0" },
    properties: [{ name: "toban:artifact:digest", value: digest }],
  },
  components: [{ type: "library", name: "pad-zero", version: "2.0.1", purl: "pkg:npm/pad-zero@2.0.1" }],
});

const audit = (severity: "critical" | undefined) =>
  json({
    auditReportVersion: 2,
    vulnerabilities: severity
      ? {
          "pad-zero": {
            name: "pad-zero",
            severity,
            isDirect: true,
            via: [
              {
                source: 1,
                name: "pad-zero",
                title: "Prototype pollution",
                url: "https://github.com/advisories/GHSA-22xx-33vv-44ww",
                severity,
                range: "<2.0.1",
              },
            ],
            effects: [],
            range: "<2.0.1",
            nodes: [],
            fixAvailable: true,
          },
        }
      : {},
    metadata: { vulnerabilities: { total: severity ? 1 : 0 }, dependencies: { prod: 12, total: 12 } },
  });

const leastCovered = pipeline.coverage.ratio * 100;
const coverage = (percent: number) =>
  json({
    total: { lines: { total: 10_000, covered: percent * 100, skipped: 0, pct: percent } },
  });

export const gateProofs = [
  proof("gate.seeded", {
    id: "gate.seeded:api",
    proves: pipeline.apiContract,
    parameters: { family: "contract", copies: apiContract, seed: { replace: renamedPath } },
    expiresAfter,
    dependsOn: ["gate"],
  }),
  proof("gate.seeded", {
    id: "gate.seeded:events",
    proves: pipeline.eventContract,
    parameters: {
      family: "events",
      copies: eventContracts,
      seed: {
        replace: {
          file: "revision/commented.schema.json",
          from: '"const": "commented"',
          to: '"const": "remarked"',
        },
      },
    },
    expiresAfter,
    dependsOn: ["gate"],
  }),
  proof("gate.seeded", {
    id: "gate.seeded:migrations",
    proves: [delivery.migrationsCompatible, delivery.expandContract, delivery.rollbackSafe],
    parameters: {
      family: "migration",
      copies: migrations,
      seed: {
        add: {
          "migrations/0099-drop-name.sql":
            "SET lock_timeout = '2s';\nALTER TABLE ringiflow.dead_letters DROP COLUMN error;\n",
        },
      },
    },
    expiresAfter,
    dependsOn: ["gate"],
  }),
  proof("gate.seeded", {
    id: "gate.seeded:vulnerability",
    proves: supplyChain.dependencyScan,
    parameters: {
      family: "supply",
      texts: { "audit.json": audit(undefined) },
      seed: { add: { "audit.json": audit("critical") } },
    },
    expiresAfter,
    dependsOn: ["gate"],
  }),
  proof("gate.seeded", {
    id: "gate.seeded:breaking-change",
    proves: pipeline.breakingChanges,
    parameters: {
      family: "contract",
      texts: {
        "base.yaml": openApi({ "/a": operation, "/b": operation }),
        "revision.yaml": openApi({ "/a": operation }),
        "settings.json": evolution({ rollback: "https://example.com/rollback" }),
      },
      seed: { add: { "settings.json": evolution({}) } },
    },
    expiresAfter,
    dependsOn: ["gate"],
  }),
  proof("gate.seeded", {
    id: "gate.seeded:sbom",
    proves: pipeline.missingSbomBlocks,
    parameters: {
      family: "supply",
      texts: { "digest.txt": digest, "sbom.cdx.json": sbom },
      seed: { remove: ["sbom.cdx.json"] },
    },
    expiresAfter,
    dependsOn: ["gate"],
  }),
  proof("gate.seeded", {
    id: "gate.seeded:coverage",
    proves: pipeline.coverage,
    parameters: {
      family: "configuration",
      texts: {
        "toban.check.json": json({ configuration: { coverage: { minimum: leastCovered } } }),
        "coverage/coverage-summary.json": coverage(leastCovered),
      },
      seed: { add: { "coverage/coverage-summary.json": coverage(leastCovered - 0.01) } },
    },
    expiresAfter,
    dependsOn: ["gate"],
  }),
  proof("gate.sbom", {
    proves: supplyChain.sbom,
    expiresAfter,
    dependsOn: ["release:bff", "release:core", "release:worker"],
  }),
  proof("gate.due-times", {
    proves: [supplyChain.vulnerabilitySla, supplyChain.vulnerabilityFixTimes],
    parameters: vulnerabilityDue,
    expiresAfter,
    dependsOn: ["gate"],
  }),
];
