import { describe, expect, test } from "vitest";
import { contractionFrom, contractionLedger } from "./ledger.ts";

const NOW = new Date("2026-11-23T12:00:00Z");
const DONE = {
  object: "users.nickname",
  expandedBy: "2.3.0",
  liveAt100Since: "2026-11-01T09:00:00+09:00",
  bakeOver: true,
  rollbackWindowEndsAt: "2026-11-08T09:00:00+09:00",
  liveVersionsReferencing: [],
};
const of = (entry: object, object = "public.users.nickname") =>
  contractionFrom(contractionLedger.parse([{ ...DONE, ...entry }]), NOW)(object);

describe("what the release ledger says of a contract step", () => {
  test("is done only when every condition is met", () => {
    expect(of({})).toBe("contracted");
    expect(of({ liveVersionsReferencing: ["2.2.0"] })).toBe("in-use");
    expect(of({ liveAt100Since: undefined })).toBe("rolling-out");
    expect(of({ liveAt100Since: "2026-11-24T00:00:00Z" })).toBe("rolling-out");
    expect(of({ bakeOver: false })).toBe("baking");
    expect(of({ rollbackWindowEndsAt: "2026-11-24T00:00:00Z" })).toBe("rollback-window");
    expect(of({ rollbackWindowEndsAt: undefined })).toBe("rollback-window");
  });

  test("holds for the object by its name, and for public only without a schema", () => {
    expect(of({}, "public.users.email")).toBe("unknown");
    expect(of({}, "billing.users.nickname")).toBe("unknown");
    expect(of({ object: "Billing.Users.Nickname" }, "billing.users.nickname")).toBe("contracted");
  });
});
