import { describe, expect, test } from "vitest";
import { checkSecrets } from "./secrets.ts";

const MEGABYTE = 1_000_000;
const hostile = {
  "names without end": "password".repeat(MEGABYTE / 8),
  "operators without values": 'token="'.repeat(MEGABYTE / 7),
  "addresses without hosts": "a://b:c".repeat(MEGABYTE / 7),
  "one long word": "a".repeat(MEGABYTE),
  "beginnings of tokens": "eyJ".repeat(MEGABYTE / 3),
  "dotted tokens": `eyJ${"a".repeat(60)}.`.repeat(MEGABYTE / 64),
  "beginnings of keys": `-----BEGIN ${"PRIVATE"} KEY-----`.repeat(MEGABYTE / 27),
  "white space": "secret =".padEnd(MEGABYTE, " "),
  tags: "<password>".repeat(MEGABYTE / 10),
  pairs: 'name: "x" '.repeat(MEGABYTE / 10),
};

describe("the secrets scan", () => {
  test.each(Object.entries(hostile))("takes a megabyte of %s in linear time", (_, text) => {
    const start = performance.now();
    checkSecrets([{ path: "config.yaml", text }]);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test("leaves binary files alone", () => {
    expect(checkSecrets([{ path: "a.bin", text: `\0password=${"aB3"}kL9x!zQ` }]).findings).toEqual([]);
  });
});
