import { describe, expect, it } from "vitest";
import type { Overview } from "../http/index.ts";
import { statusText } from "./status.ts";
import { table } from "./terminal.ts";

const text = (en: string, ja: string) => ({ en, ja });
const overview: Overview = {
  at: "2026-01-01T00:00:00.000Z",
  system: "shop",
  title: text("Shop", "店舗"),
  environment: "production",
  environmentNotes: [],
  definitionDigest: "sha256:0",
  services: [
    {
      name: "web",
      title: text("Web", "Web"),
      exposure: "public",
      state: "degraded",
      url: null,
      versions: [{ version: "1.0.0", weight: 100, role: "live", instances: [] }],
      now: { requestsPerSecond: null, errorRatio: 0.012, p50Ms: null, p99Ms: 42 },
      series: { at: [], requestsPerSecond: [], errorRatio: [], p99Ms: [] },
    },
  ],
  rollouts: [],
  alerts: [
    {
      id: "a",
      title: text("Requests fail", "要求が失敗"),
      state: "firing",
      severity: "critical",
      value: 0.012,
      threshold: 0.01,
      unit: "ratio",
      since: null,
      impact: text("People see errors", "エラーが表示されます"),
      runbook: "web-down",
    },
  ],
  incidents: [],
  commitments: { counts: { proven: 1, failing: 2, stale: 0, unproven: 3, accepted: 0 }, total: 6 },
};

describe("toban status", () => {
  it("says in one screen what is broken, what it means and where to begin, in both languages", () => {
    const english = statusText(overview, "en");
    expect(english).toContain("ALERT    critical  Requests fail — People see errors (runbook web-down)");
    expect(english).toContain("6 commitments: 1 proven, 2 failing");
    expect(statusText(overview, "ja")).toContain("要求が失敗 — エラーが表示されます");
  });

  it("shows what was not measured as missing, never as zero", () => {
    expect(statusText(overview, "en")).toMatch(/web +degraded +1\.0\.0 100 % +no data +1\.20 % +42 ms/);
  });

  it("aligns columns of wide characters", () => {
    expect(
      table([
        ["稟議", "x"],
        ["abc", "y"],
      ]).split("\n"),
    ).toEqual(["稟議  x", "abc   y"]);
  });
});
