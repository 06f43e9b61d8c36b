import { describe, expect, test } from "vitest";
import { createMasker } from "./index.ts";
import { evaluate, examples, ordinaryMask, PARTS } from "./testing/evaluate.ts";

describe("the evaluation set", () => {
  test("has at least 300 things to hide and 400 texts to leave alone, each text once", () => {
    const all = PARTS.flatMap(examples);
    expect(all.flatMap(({ spans }) => spans ?? []).length).toBeGreaterThanOrEqual(300);
    expect(all.filter(({ spans }) => !spans).length).toBeGreaterThanOrEqual(400);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { text, spans } of all) for (const span of spans ?? []) expect(text).toContain(span.text);
  });

  test("is masked with a recall of 0.99, and at most one false positive in 400", () => {
    const { recall, precision, falsePositives, faults } = evaluate(PARTS);
    expect({
      recall: recall >= 0.99,
      precision: precision >= 0.99,
      few: falsePositives <= 1,
      faults,
    }).toMatchObject({
      recall: true,
      precision: true,
      few: true,
    });
  });

  test("finds out a mask that hides nothing, one that hides everything, and one that forgets a kind", () => {
    expect(evaluate(PARTS, (text) => ({ masked: text, kinds: [] })).recall).toBe(0);
    expect(evaluate(PARTS, () => ({ masked: "[masked]", kinds: [] })).falsePositives).toBeGreaterThan(390);
    const noPhones = evaluate(PARTS, (text) => {
      const { masked, kinds } = ordinaryMask(text);
      return kinds.includes("phone") ? { masked: text, kinds } : { masked, kinds };
    });
    expect(noPhones.kinds.phone!.recall).toBe(0);
    expect(noPhones.recall).toBeLessThan(0.99);
  });

  test("comes out the same when it is masked again", () => {
    const masker = createMasker();
    const once = PARTS.flatMap(examples).map(({ text }) => masker.line(text).line);
    expect(once.map((text) => masker.line(text).line)).toEqual(once);
  });
});
