import { describe, expect, test } from "vitest";
import { anOverview } from "../view/testing.ts";
import {
  type Connection,
  freshness,
  initialConnection,
  reduceConnection,
  retryDelayMs,
  serverNowMs,
} from "./connection.ts";

const failed = (status: number, refusal = null) =>
  ({ type: "failed", failure: { status, refusal } }) as const;
const received = (at: string, nowMs: number) =>
  ({ type: "overview", overview: anOverview({ at }), nowMs }) as const;

const play = (...events: Parameters<typeof reduceConnection>[1][]): Connection =>
  events.reduce(reduceConnection, initialConnection);

const AT = "2026-11-23T00:00:10.000Z";

describe("the picture", () => {
  test("is live while news arrives, and says how old it is", () => {
    const connection = play(received(AT, 1_000));
    expect(freshness(connection, 1_900)).toEqual({ state: "live", ageMs: 900 });
    expect(freshness(connection, 5_999)).toMatchObject({ state: "live" });
  });

  test("is stale after five seconds of silence although the stream is open", () => {
    expect(freshness(play(received(AT, 1_000)), 6_000)).toEqual({ state: "stale", ageMs: 5_000 });
  });

  test("ages when the server repeats the same moment: a repetition is not news", () => {
    const connection = play(received(AT, 1_000), received(AT, 5_000), received(AT, 9_000));
    expect(freshness(connection, 9_100)).toEqual({ state: "stale", ageMs: 8_100 });
  });

  test("is lost at once when the stream fails, and stays lost until something arrives", () => {
    const lost = play(received(AT, 1_000), failed(0));
    expect(freshness(lost, 1_100)).toEqual({ state: "lost", ageMs: 100 });
    expect(lost.overview).not.toBeNull();
    const back = reduceConnection(lost, received("2026-11-23T00:00:20.000Z", 4_000));
    expect(freshness(back, 4_000)).toEqual({ state: "live", ageMs: 0 });
    expect(back.failure).toBeNull();
  });

  test("is connecting, not lost, before anything was tried", () => {
    expect(freshness(initialConnection, 9_000)).toEqual({ state: "connecting", ageMs: null });
  });

  test("tells the server's time by its own clock, not by the reader's", () => {
    expect(serverNowMs(play(received(AT, 1_000)), 3_500)).toBe(Date.parse(AT) + 2_500);
    expect(serverNowMs(initialConnection, 0)).toBeNull();
  });
});

describe("after a failure", () => {
  test("the reason that the server gave is kept, and the picture is not live", () => {
    const refusal = { code: "database_unavailable", reason: "…", remedy: "…" };
    const troubled = play(received(AT, 1_000), { type: "failed", failure: { status: 503, refusal } });
    expect(troubled.failure).toEqual({ status: 503, refusal });
    expect(freshness(troubled, 1_000).state).toBe("lost");
  });

  test("401 means that the one-time URL is needed", () => {
    expect(play(failed(401)).phase).toBe("refused");
    expect(play(failed(503)).phase).toBe("lost");
  });

  test("attempts come after 1, 2, 4 and then every 5 seconds", () => {
    const delays = [1, 2, 3, 4, 9].map((count) => retryDelayMs(play(...Array(count).fill(failed(0)))));
    expect(delays).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  test("an arrival starts the count anew", () => {
    expect(retryDelayMs(play(failed(0), failed(0), failed(0), received(AT, 1), failed(0)))).toBe(1_000);
  });
});
