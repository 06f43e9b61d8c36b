import { describe, expect, test } from "vitest";
import { maskLine, maskText, maskValue } from "./index.ts";
import { shapes } from "./testing/shapes.ts";

/** The time of the processor that this process used, in ms: what others take of the machine does not count. */
function used(run: () => void): number {
  const from = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

function least(run: () => void): number {
  return Math.min(used(run), used(run), used(run));
}

const SHORT = 50_000;
const long = new Map(shapes(4 * SHORT));

describe("100,000 characters made to be slow", () => {
  test.each(shapes(SHORT))("of %s take time in proportion to their length", (name, text) => {
    maskText(text.slice(0, 2_000));
    const short = least(() => maskText(text));
    // Quadratic work is 16 times as long; what is too short to be measured has a floor.
    expect(least(() => maskText(long.get(name)!))).toBeLessThan(Math.max(40, short * 10));
    expect(short).toBeLessThan(250);
  });

  test("are noticed when the work is quadratic", () => {
    const slow = (text: string) => /(?:x+x+)+y|(\d+)$/.test(text);
    const one = least(() => slow(`${"1".repeat(4_000)}x`));
    const four = least(() => slow(`${"1".repeat(16_000)}x`));
    expect(four).toBeGreaterThan(Math.max(40, one * 10));
  });
});

describe("JSON of ten thousand levels", () => {
  const depth = 10_000;
  const nested = `${'{"a":['.repeat(depth)}{"password":"x","mail":"taro@example.com"}${"]}".repeat(depth)}`;

  test("is masked as a line", () => {
    const { line } = maskLine(nested);
    expect(line).toContain('{"password":"[masked]","mail":"t***@example.com"}');
  });

  test("is masked as a value, up to a depth that nothing written has", () => {
    expect(JSON.stringify(maskValue(JSON.parse(nested)))).not.toContain("taro");
  });
});
