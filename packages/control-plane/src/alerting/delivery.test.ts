import { describe, expect, it } from "vitest";
import { afterAttempt, GIVE_UP_AFTER_MS } from "./delivery.ts";

describe("delivery of a page", () => {
  it("a refusal is tried again, later each time, at most five minutes apart", () => {
    const waits = [1, 2, 3, 9, 10, 40].map((n) => afterAttempt({ kind: "refused", status: 500 }, n, 0));
    expect(waits.map((w) => (w.state === "queued" ? w.inMs : null))).toEqual([
      1000, 2000, 4000, 256_000, 300_000, 300_000,
    ]);
  });
  it("is given up after a day, and not a moment before", () => {
    const failed = { kind: "unreachable", cause: "ECONNREFUSED" } as const;
    expect(afterAttempt(failed, 99, GIVE_UP_AFTER_MS - 1).state).toBe("queued");
    expect(afterAttempt(failed, 99, GIVE_UP_AFTER_MS)).toMatchObject({
      state: "not-delivered",
      error: "gave up: the channel is unreachable (ECONNREFUSED)",
    });
  });
  it("an unset channel is said, never silent", () => {
    expect(afterAttempt({ kind: "not-configured", channel: "pager" }, 1, 0)).toEqual({
      state: "not-delivered",
      error: "not delivered: channel pager is not configured",
    });
  });
});
