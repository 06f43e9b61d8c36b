import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HARMLESS } from "./testing/harmless.ts";
import { openShop, type Shop } from "./testing/shop.ts";

let shop: Shop;
let empty: Shop;
beforeAll(async () => {
  shop = await openShop();
  empty = await openShop(
    "CREATE SCHEMA shop AUTHORIZATION shop_owner; GRANT USAGE ON SCHEMA shop TO shop_app",
  );
});
afterAll(async () => {
  await shop?.close();
  await empty?.close();
});

describe("good schemas that are written otherwise pass", () => {
  test("there are enough of them", () => expect(HARMLESS.length).toBeGreaterThanOrEqual(35));

  for (const { name, sql, whole } of HARMLESS) {
    test(name, async () => {
      const { findings, verdict, checked } = await (whole ? empty : shop).look(sql);
      expect(findings.filter(({ severity }) => severity === "block")).toEqual([]);
      expect(verdict).toBe("pass");
      expect(findings.filter(({ code }) => code === "database/not-fuzzed")).toEqual([]);
      expect(checked.fuzzed.length).toBeGreaterThanOrEqual(3);
    });
  }
});
