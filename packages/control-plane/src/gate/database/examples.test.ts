import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DATABASE_CHECKS } from "./checks.ts";
import { openShop, type Shop } from "./testing/shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.close());

/** Some examples are about what was declared. */
const OPTIONS: Record<string, Parameters<Shop["look"]>[1]> = {
  "database/exception-unused": {
    exceptions: [
      { code: "database/rls-not-forced", object: "shop.notes", reason: "it is looked at elsewhere" },
    ],
  },
  "database/table-exempt": { except: ["shop.exempted"] },
};

describe("the checks of a database", () => {
  test("the schema that the examples change is clean, and was tried out", async () => {
    const seen = await shop.look("SELECT 1");
    expect(seen.findings.filter(({ severity }) => severity === "block")).toEqual([]);
    expect(seen.verdict).toBe("pass");
    expect(seen.checked.fuzzed.sort()).toEqual([
      "shop.customers",
      "shop.notes",
      "shop.orders",
      "shop.tenants",
      "shop.visits",
    ]);
  });

  for (const check of Object.values(DATABASE_CHECKS)) {
    test(`${check.code} is turned red by its mutant, and not by the same intent done right`, async () => {
      const bad = await shop.look(check.bad as string, OPTIONS[check.code]);
      expect(bad.findings.map(({ code }) => code)).toContain(check.code);
      const good = await shop.look(check.good as string);
      const faults = good.findings.filter(
        ({ code, severity }) => code === check.code || severity === "block",
      );
      expect(faults.filter(({ path }) => path !== "shop.countries")).toEqual([]);
    });
  }
});
