import { describe, expect, it } from "vitest";
import { canonicalJson, parseCanonical } from "./canonical.ts";

const utf8 = (text: string) => Buffer.from(text);

describe("canonical JSON", () => {
  it("orders keys by UTF-16 code units (RFC 8785 §3.2.3)", () => {
    const given = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\u{1f600}": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    const order = [...canonicalJson(given).matchAll(/:"([^"]*)"/g)].map((match) => match[1]);
    expect(order).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });

  it("writes the example of RFC 8785 §3.2.2 as its §3.2.3 does", () => {
    const given = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`);
    expect(canonicalJson(given)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],` +
        String.raw`"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  // RFC 8785, appendix B: the bits of the number and its text.
  it.each([
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["8000000000000001", "-5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["ffefffffffffffff", "-1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["c340000000000000", "-9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["44b52d02c7e14af7", "1.0000000000000001e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef4f", "999999999999999900000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555553", "333333333.3333332"],
    ["41b3de4355555557", "333333333.33333343"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ])("writes the number with the bits %s as %s", (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, "hex").readDoubleBE())).toBe(text);
  });

  it("escapes only what must be, in the shortest way", () => {
    expect(canonicalJson('\b\t\n\f\r\u0000\u001f\u007f\u2028"\\/é😀')).toBe(
      `${String.raw`"\b\t\n\f\r\u0000\u001f`}\u007f\u2028\\"\\\\/é😀"`,
    );
  });

  it.each([
    ["undefined", undefined],
    ["an undefined member", { a: undefined }],
    ["a gap in an array", new Array(1)],
    ["NaN", Number.NaN],
    ["infinity", [Number.POSITIVE_INFINITY]],
    ["a bigint", 1n],
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["a buffer", Buffer.of(1)],
    ["a lone surrogate", "\ud83d"],
    ["a lone surrogate as key", { "\ude00": 1 }],
    ["nesting without end", JSON.parse("[".repeat(100_000) + "]".repeat(100_000))],
  ])("refuses %s", (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it("reads back what it wrote, also keys that objects treat in their own way", () => {
    for (const value of [
      null,
      [],
      {},
      { b: [1, { a: "é" }], a: -1.5 },
      "😀",
      JSON.parse('{"__proto__":1}'),
    ]) {
      expect(parseCanonical(utf8(canonicalJson(value)))).toEqual(value);
    }
  });

  it.each([
    ["space", utf8('{"a": 1}')],
    ["a newline at the end", utf8("1\n")],
    ["another order", utf8('{"b":1,"a":1}')],
    ["a doubled key", utf8('{"a":1,"a":1}')],
    ["a longer number", utf8("1.0")],
    ["a number beyond precision", utf8("9007199254740993")],
    ["minus zero", utf8("-0")],
    ["an escape without need", utf8('"\\u0041"')],
    ["capitals in an escape", utf8('"\\u001F"')],
    ["an escaped lone surrogate", utf8('"\\ud83d"')],
    ["a byte order mark", Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), utf8("1")])],
    ["an invalid byte", Buffer.of(0x22, 0xff, 0x22)],
    ["an overlong form", Buffer.of(0x22, 0xc1, 0x81, 0x22)],
    ["a surrogate in UTF-8", Buffer.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ["a cut sequence", Buffer.of(0x22, 0xe2, 0x82)],
    ["nothing", Buffer.of()],
    ["a second value", utf8("1 2")],
  ])("refuses bytes with %s", (_, bytes) => {
    expect(() => parseCanonical(bytes)).toThrow(TypeError);
  });
});
