import { describe, expect, test } from "vitest";
import { checkEnvironment, parseHeaders, readSettings } from "./environment.ts";

describe("the environment check", () => {
  test("names every missing or blank variable at once", () => {
    const check = checkEnvironment(
      { required: ["DATABASE_URL", "CORE_TOKEN", "CORE_URL"] },
      { CORE_URL: "http://core", CORE_TOKEN: "  " },
    );
    expect(check).toMatchObject({
      ok: false,
      missing: ["DATABASE_URL", "CORE_TOKEN"],
      refusal: { code: "environment_missing", reason: expect.stringContaining("DATABASE_URL, CORE_TOKEN") },
    });
  });

  test("never repeats a value", () => {
    const check = checkEnvironment({ required: ["A", "B"] }, { A: "canary-secret" });
    expect(JSON.stringify(check)).not.toContain("canary-secret");
  });

  test("hands over what was asked for and nothing else", () => {
    const check = checkEnvironment({ required: ["A"], optional: ["B", "C"] }, { A: "1", B: "2", D: "4" });
    expect(check).toEqual({ ok: true, values: { A: "1", B: "2" } });
  });
});

describe("the settings", () => {
  test("have defaults for everything but the port", () => {
    const read = readSettings("core", { PORT: "8080" }, 42);
    expect(read).toEqual({
      ok: true,
      settings: {
        port: 8080,
        service: "core",
        release: "0.0.0-unreleased",
        instance: "core-42",
        environment: "development",
        drainMs: 10_000,
        logLevel: "info",
        otlp: null,
      },
    });
  });

  test("refuse every unusable value at once, by name", () => {
    const read = readSettings(
      "core",
      {
        PORT: "99999",
        TOBAN_DRAIN_MS: "soon",
        OTEL_EXPORTER_OTLP_ENDPOINT: "canary",
        TOBAN_LOG_LEVEL: "loud",
      },
      42,
    );
    expect(read.ok).toBe(false);
    const text = JSON.stringify(read);
    for (const name of ["PORT", "TOBAN_DRAIN_MS", "OTEL_EXPORTER_OTLP_ENDPOINT", "TOBAN_LOG_LEVEL"]) {
      expect(text).toContain(name);
    }
    expect(text).not.toMatch(/99999|soon|canary|loud/);
  });

  test("take OTLP headers as the specification writes them", () => {
    expect(parseHeaders("authorization=Bearer%20abc=, X-Org = acme,broken,=x")).toEqual({
      authorization: "Bearer abc=",
      "x-org": "acme",
    });
  });
});
