import { describe, expect, test } from "vitest";
import { includes, matches } from "./regular.ts";

describe("patterns", () => {
  test("are found in texts as the language finds them", () => {
    const patterns = [
      "^a+b?$",
      "b",
      "^(?:ab|cd){2,3}$",
      "[^\\d-]x",
      "^\\w{2,}\\.js$",
      "^$",
      "",
      "a|^b$",
      "^[\\]a-c]+$",
    ];
    const texts = [
      "",
      "a",
      "aab",
      "b",
      "xbx",
      "abcd",
      "ababab",
      "abababab",
      "yx",
      "1x",
      "foo.js",
      "f.js",
      "]a",
      "d",
    ];
    for (const pattern of patterns) {
      for (const text of texts) {
        expect([pattern, text, matches(pattern, text)]).toEqual([
          pattern,
          text,
          new RegExp(pattern, "u").test(text),
        ]);
      }
    }
  });

  test("include each other or not", () => {
    expect(includes("^[a-z0-9]+$", "^[a-z]+$")).toBe(true);
    expect(includes("^[a-z]+$", "^[a-z0-9]+$")).toBe(false);
    expect(includes("^\\d{3,4}$", "^[0-9]{3}$")).toBe(true);
    expect(includes("^\\d{3}$", "^\\d{3,4}$")).toBe(false);
    expect(includes("a", "^xay$")).toBe(true);
    expect(includes("^(a|b)$", "^[ab]$")).toBe(true);
    expect(includes("^[ab]$", "^(a|b)$")).toBe(true);
    expect(includes("^.*$", null)).toBe(false);
    expect(includes("^[\\s\\S]*$", null)).toBe(true);
  });

  test("that are more than regular are left undecided", () => {
    expect(matches("^(?=a)", "a")).toBeUndefined();
    expect(matches("(a)\\1", "aa")).toBeUndefined();
    expect(includes("^a$", "\\bword\\b")).toBeUndefined();
    expect(includes("^(a{1,900}){1,900}$", "^a$")).toBeUndefined();
  });

  test("that would hold up the language's own engine are answered at once", () => {
    expect(matches("^(a+)+$", `${"a".repeat(5_000)}b`)).toBe(false);
    expect(includes("^(a|a?)+$", "^(a+)+b$")).toBe(false);
  });
});
