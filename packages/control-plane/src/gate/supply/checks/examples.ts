/** The moment at which examples are looked at. */
export const EXAMPLE_NOW = new Date("2026-11-23T09:00:00Z");

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** `npm audit --json` with one advisory of a package that does not exist. */
export function npmExample(severity: "critical" | "high" | "moderate" | "low" | "none"): string {
  const via = {
    source: 1200001,
    name: "pad-zero",
    dependency: "pad-zero",
    title: "Prototype pollution in pad-zero",
    url: "https://github.com/advisories/GHSA-22xx-33vv-44ww",
    severity,
    range: "<2.0.1",
  };
  const one = {
    name: "pad-zero",
    severity,
    isDirect: true,
    via: [via],
    effects: [],
    range: "<2.0.1",
    nodes: [],
  };
  const totals = { info: 0, low: 0, moderate: 0, high: 0, critical: 0, [severity]: 1, total: 1 };
  return json({
    auditReportVersion: 2,
    vulnerabilities: severity === "none" ? {} : { "pad-zero": { ...one, fixAvailable: true } },
    metadata: {
      vulnerabilities: severity === "none" ? { high: 0, critical: 0, total: 0 } : totals,
      dependencies: { prod: 12, dev: 30, total: 41 },
    },
  });
}

/** A ledger that has known the advisory of `npmExample` since `found`. */
export function ledgerExample(found: string, severity: string, ...more: object[]): string {
  return json({
    version: 1,
    findings: [
      {
        ids: ["GHSA-22XX-33VV-44WW"],
        package: "pad-zero",
        versions: ["<2.0.1"],
        sources: ["npm audit:audit.json"],
        history: [{ at: found, event: "found", severity }, ...more],
      },
    ],
  });
}

export const trivyExample = (more: object): string =>
  json({ SchemaVersion: 2, CreatedAt: "2026-11-23T08:00:00Z", ArtifactName: "shop:1.4.0", ...more });

const match = {
  vulnerability: { id: "CVE-2026-10001", severity: "Critical", fix: { versions: ["2.0.1"], state: "fixed" } },
  relatedVulnerabilities: [],
  artifact: { name: "pad-zero", version: "2.0.0", type: "npm" },
};

export const grypeExample = (built: string, ignored: boolean): string =>
  json({
    matches: [],
    ...(ignored
      ? { ignoredMatches: [{ ...match, appliedIgnoreRules: [{ vulnerability: "CVE-2026-10001" }] }] }
      : {}),
    source: { type: "image", target: { userInput: "shop:1.4.0" } },
    descriptor: {
      name: "grype",
      version: "0.99.0",
      timestamp: "2026-11-23T08:00:00Z",
      db: { status: { built } },
    },
  });
