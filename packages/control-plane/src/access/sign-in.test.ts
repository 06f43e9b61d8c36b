import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { search } from "../audit/index.ts";
import { createTestDatabase, type TestDatabase, testClock } from "../platform/testing.ts";
import { createSessionCookie, createSignInLink, readSessionCookie, signIn } from "./index.ts";

let t: TestDatabase;
beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t.close());

describe("sign-in on this machine", () => {
  it("a link works once and the sign-in is audited", async () => {
    const token = await t.db.tx(t.ctx, (tx) => createSignInLink(tx, t.ctx, "operator"));
    expect(await t.db.tx(t.ctx, (tx) => signIn(tx, t.ctx, token))).toEqual({
      actorId: "operator",
      isMachine: true,
    });
    await expect(t.db.tx(t.ctx, (tx) => signIn(tx, t.ctx, token))).rejects.toMatchObject({
      kind: "unauthenticated",
      code: "sign_in_link_invalid",
    });
    const events = await t.db.tx(t.ctx, (tx) => search(tx, { action: "session.create" }));
    expect(events.map((event) => event.actorId)).toEqual(["person:operator"]);
  });

  it("a link of one hour is refused when the hour is over", async () => {
    const clock = testClock();
    const ctx = { ...t.ctx, clock };
    const token = await t.db.tx(ctx, (tx) => createSignInLink(tx, ctx, "operator"));
    clock.advance(60 * 60_000);
    await expect(t.db.tx(ctx, (tx) => signIn(tx, ctx, token))).rejects.toMatchObject({
      kind: "unauthenticated",
    });
  });

  it("a session cookie is refused when altered, expired or signed with another key", () => {
    const clock = testClock();
    const cookie = createSessionCookie({ clock }, "key", { actorId: "operator", isMachine: false });
    expect(readSessionCookie({ clock }, "key", cookie)).toEqual({ actorId: "operator", isMachine: false });
    const machine = createSessionCookie({ clock }, "key", { actorId: "operator", isMachine: true });
    expect(readSessionCookie({ clock }, "key", machine)).toEqual({ actorId: "operator", isMachine: true });
    expect(readSessionCookie({ clock }, "other", cookie)).toBeUndefined();
    expect(readSessionCookie({ clock }, "key", cookie.replace(/^./, "x"))).toBeUndefined();
    clock.advance(8 * 60 * 60_000);
    expect(readSessionCookie({ clock }, "key", cookie)).toBeUndefined();
  });
});
