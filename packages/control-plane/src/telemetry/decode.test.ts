import { describe, expect, it } from "vitest";
import { keepLongIntegers } from "./decode.ts";

describe("integers in JSON that a number cannot hold", () => {
  it.each([
    ['{"a":1795457556615000007}', '{"a":"1795457556615000007"}'],
    ["[-9007199254740993, 1]", '["-9007199254740993", 1]'],
    [
      '{"a":12345678901234567.5e3,"b":1234567890123456789e2}',
      '{"a":12345678901234567.5e3,"b":1234567890123456789e2}',
    ],
    [String.raw`{"text":"a \" 1795457556615000007","n":1795457556615000007}`, null],
    ['{"a":"1795457556615000007"}', '{"a":"1795457556615000007"}'],
    ["1795457556615000007", "1795457556615000007"],
  ])("%s", (json, expected) => {
    const wanted = expected ?? String.raw`{"text":"a \" 1795457556615000007","n":"1795457556615000007"}`;
    expect(keepLongIntegers(json)).toBe(wanted);
  });

  it("are found in time that is linear in the text, even when a string never ends", () => {
    const endless = `[1795457556615000007,${'"\\'.repeat(1)}${'\\"'.repeat(2_000_000)}`;
    expect(keepLongIntegers(endless).length).toBe(endless.length + 2);
    // Quadratic work would take hours and runs into the limit of this test.
  }, 30_000);
});
