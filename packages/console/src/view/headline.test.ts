import { describe, expect, test } from "vitest";
import { currentHeadline, headlineOf } from "./headline.ts";
import { anAlert, anIncident, anOverview, aRollout, aService } from "./testing.ts";
import { toneOf } from "./tone.ts";

const live = { state: "live", ageMs: 300 } as const;
const keys = (headline: { lead: { key: string }[] }) => headline.lead.map(({ key }) => key);

describe("the headline", () => {
  test("is quiet when every service is healthy and nothing fires", () => {
    const headline = headlineOf(anOverview(), live);
    expect(headline.tone).toBe("ok");
    expect(headline.lead[0]).toEqual({ key: "allHealthy", values: { count: 3, total: 3 } });
    expect(headline.broken).toEqual([]);
    expect(headline.doing).toEqual([]);
  });

  test("stays calm about a rollout that goes well, and says how far it is", () => {
    const headline = headlineOf(anOverview({ rollouts: [aRollout()] }), live);
    expect(headline.tone).toBe("ok");
    expect(headline.doing).toMatchObject([{ kind: "rollout", phase: "in-progress", weight: 50 }]);
  });

  test("puts services that are down before alerts, and alerts before everything else", () => {
    const headline = headlineOf(
      anOverview({
        services: [aService({ state: "down" }), aService({ name: "core", state: "degraded" })],
        alerts: [anAlert()],
        incidents: [anIncident()],
      }),
      live,
    );
    expect(headline.tone).toBe("bad");
    expect(keys(headline)).toEqual(["servicesDown", "alertsFiring", "servicesDegraded"]);
    expect(headline.broken.map(({ kind }) => kind)).toEqual(["service", "alert", "service"]);
  });

  test("is bad while an alert fires although every service is healthy", () => {
    const headline = headlineOf(anOverview({ alerts: [anAlert()] }), live);
    expect(headline.tone).toBe("bad");
    expect(keys(headline)).toEqual(["alertsFiring", "allHealthy"]);
  });

  test("lists the worst alert first, then the oldest", () => {
    const alerts = [
      anAlert({ id: "low", severity: "low", since: "2026-11-22T00:00:00.000Z" }),
      anAlert({ id: "new", since: "2026-11-23T00:00:05.000Z" }),
      anAlert({ id: "old", since: "2026-11-23T00:00:01.000Z" }),
    ];
    const { broken } = currentHeadline(anOverview({ alerts }));
    expect(broken.map((item) => item.kind === "alert" && item.alert.id)).toEqual(["old", "new", "low"]);
  });

  test("says what an open incident's newest entry is about", () => {
    const timeline = [
      { at: "2026-11-23T00:00:01.000Z", text: { en: "first", ja: "一" } },
      { at: "2026-11-23T00:00:02.000Z", text: { en: "second", ja: "二" } },
    ];
    const { doing, tone } = currentHeadline(anOverview({ incidents: [anIncident({ timeline })] }));
    expect(tone).toBe("warn");
    expect(doing).toMatchObject([{ kind: "incident", latest: { text: { en: "second" } } }]);
  });

  test("names a rollback that is under way", () => {
    const rolledBack = aRollout();
    rolledBack.steps[1]!.verdict = "fail";
    expect(currentHeadline(anOverview({ rollouts: [rolledBack] })).doing).toMatchObject([
      { phase: "rolling-back", weight: null },
    ]);
  });

  test("asks for a person when a rollout waits for a decision", () => {
    const headline = currentHeadline(anOverview({ rollouts: [aRollout({ state: "in_doubt" })] }));
    expect(headline.tone).toBe("bad");
    expect(headline.broken).toMatchObject([{ kind: "rollout" }]);
  });

  test("ignores what is over: resolved alerts, closed incidents, finished rollouts", () => {
    const headline = headlineOf(
      anOverview({
        alerts: [anAlert({ state: "resolved" })],
        incidents: [anIncident({ state: "resolved" })],
        rollouts: [aRollout({ result: "rolled-back" })],
      }),
      live,
    );
    expect(headline).toMatchObject({ tone: "ok", broken: [], doing: [] });
  });

  test("warns of a failing commitment", () => {
    const counts = { proven: 1, failing: 2, stale: 0, unproven: 0, accepted: 0 };
    const headline = headlineOf(anOverview({ commitments: { counts, total: 3 } }), live);
    expect(headline.tone).toBe("warn");
    expect(headline.lead.at(-1)).toEqual({ key: "commitmentsFailing", values: { count: 2, total: 3 } });
  });
});

describe("missing data is never green", () => {
  test("before the first overview, and when the connection is lost", () => {
    expect(headlineOf(null, { state: "connecting", ageMs: null }).tone).toBe("unknown");
    expect(headlineOf(null, { state: "lost", ageMs: null })).toMatchObject({
      tone: "unknown",
      lead: [{ key: "unknownSince" }],
    });
  });

  test("when what was green is old", () => {
    for (const state of ["stale", "lost"] as const) {
      const headline = headlineOf(anOverview(), { state, ageMs: 9_000 });
      expect(headline.tone).toBe("unknown");
      expect(keys(headline)).toEqual(["unknownSince"]);
    }
  });

  test("when a service's state is unknown, or a word that this page does not know", () => {
    for (const state of ["unknown", "splendid"]) {
      const odd = aService({ state: state as "unknown" });
      expect(headlineOf(anOverview({ services: [aService(), odd] }), live).tone).toBe("unknown");
      expect(toneOf("service", state)).toBe("unknown");
    }
  });

  test("when there are no services", () => {
    expect(headlineOf(anOverview({ services: [] }), live)).toMatchObject({
      tone: "unknown",
      lead: [{ key: "noServices" }],
    });
  });

  test("when a verdict is missing or a kind is unheard of", () => {
    expect(toneOf("verdict", null)).toBe("unknown");
    expect(toneOf("weather", "healthy")).toBe("unknown");
    expect(toneOf("commitment", "unproven")).toBe("unknown");
  });
});
