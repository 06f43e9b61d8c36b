import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MUTANTS } from "./testing/mutants.ts";
import { openShop, type Shop } from "./testing/shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.close());

describe("every leak that is put into a good schema is found", () => {
  test("there are enough of them, each once", () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(100);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  for (const { name, code, sql } of MUTANTS) {
    test(name, async () => {
      const { findings } = await shop.look(sql);
      expect(findings.map((one) => one.code)).toContain(code);
    });
  }
});
