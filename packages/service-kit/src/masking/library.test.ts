import { describe, expect, test } from "vitest";
import { createMasker, describeError, MASK, maskField, maskLine, maskText, maskValue } from "./index.ts";

describe("what it looks like afterwards", () => {
  test.each([
    ["mail taro@example.com", "mail t***@example.com"],
    ["携帯 ０９０ー１２３４ー５６７８", "携帯 090-****-5678"],
    ["TEL(03)1234-5678", "TEL03-****-5678"],
    ["+81 (0)90-1234-5678", "+81-90-****-5678"],
    ["田中 太郎が申請", "田中 *が申請"],
    ["田中太郎様", "田中 *様"],
    ["個人番号 123456789018", `個人番号 ${MASK}`],
    ["〒100-0001", "〒***-****"],
    ["card 4111 1111 1111 1111", "card ****-****-****-1111"],
    ["口座番号 1234567", `口座番号 ${MASK}`],
  ])("%s → %s", (text, expected) => {
    expect(maskText(text)).toBe(expected);
  });
});

describe("a line of JSON", () => {
  test("keeps its order, its spaces and the digits of its numbers", () => {
    const line = '{ "b": 12345678901234567890, "10": 1.0, "a": "x",  "phone" : 9012345678, "password":null }';
    expect(maskLine(line).line).toBe(line.replace("9012345678,", '"090-****-5678",').concat("\n"));
  });

  test("loses secrets in objects and lists, and personal data in names of fields", () => {
    const { line } = maskLine('{"token":{"raw":["a"]},"cookie":["b"],"taro@example.com":1,"credentials":[]}');
    expect(line).toBe(
      `{"token":"${MASK}","cookie":"${MASK}","t***@example.com":1,"credentials":"${MASK}"}\n`,
    );
  });

  test("stays valid when what is masked was escaped", () => {
    const { record } = maskLine(JSON.stringify({ message: 'say "password=\\"x y\\"" to 田中\t太郎', n: 1 }));
    expect(record).toMatchObject({ n: 1 });
    expect(JSON.stringify(record)).not.toContain("x y");
  });
});

describe("a value", () => {
  test("is masked in maps, sets, errors, causes and circles", () => {
    const error = new AggregateError([new Error("password=one")], "two: bearer abcdef123", {
      cause: new Error("postgres://u:three@db/x"),
    });
    const circle: Record<string, unknown> = { mail: "taro@example.com" };
    circle.self = circle;
    const masked = maskValue({
      map: new Map([["phone", "09012345678"]]),
      set: new Set(["taro@example.com"]),
      error,
      circle,
    }) as { map: Map<string, unknown>; set: Set<unknown>; error: unknown; circle: unknown };
    expect(masked.map.get("phone")).toBe("090-****-5678");
    expect([...masked.set]).toEqual(["t***@example.com"]);
    const text = JSON.stringify(masked.error);
    for (const secret of ["one", "abcdef123", "three"]) expect(text).not.toContain(`${secret}"`);
    expect(text).toContain("postgres://u:[masked]@db/x");
    expect(masked.circle).toEqual({ mail: "t***@example.com", self: "[circular]" });
  });

  test("may have a field called __proto__", () => {
    const value = JSON.parse('{"__proto__":{"password":"x"}}');
    expect(JSON.stringify(maskValue(value))).toBe(`{"__proto__":{"password":"${MASK}"}}`);
  });

  test("of a field is masked by what its name says", () => {
    expect(maskField("applicantName", "田中 太郎")).toBe("田中 *");
    expect(maskField("applicantName", "田中 *")).toBe("田中 *");
    expect(maskField("service.name", "core")).toBe("core");
    expect(maskField("phone", "03 1234 5678")).toBe("03-****-5678");
    expect(maskField("max_tokens", "4096")).toBe("4096");
  });

  test("that is an error keeps its known fields only", () => {
    expect(JSON.stringify(describeError(Object.assign(new Error("x"), { detail: "row" })))).not.toContain(
      "row",
    );
  });
});

describe("a masker of its own", () => {
  test("finds the people of its roster anywhere, written with a blank or without", () => {
    const masker = createMasker({ roster: ["鬼龍院 翔", "Zoë Quill"] });
    expect(masker.text("鬼龍院翔から鬼龍院　翔へ, cc zoë quill; Zoë Quillian")).toBe(
      "鬼 *から鬼龍院 *へ, cc zoë *; Zoë Quillian",
    );
    expect(maskText("鬼龍院翔")).toBe("鬼龍院翔");
  });

  test("leaves the personal data of fields that may have it, and never a secret", () => {
    const masker = createMasker({ allow: ["orderPhone"] });
    expect(masker.value({ orderPhone: "090-1234-5678 password=x", phone: "090-1234-5678" })).toEqual({
      orderPhone: `090-1234-5678 password=${MASK}`,
      phone: "090-****-5678",
    });
  });
});

describe("masked twice is as masked once", () => {
  const pieces = [
    "090-1234-5678",
    "田中太郎",
    "taro@example.com",
    "password=",
    '"',
    "\\",
    " ",
    "Bearer abc123",
    "電話",
    "://",
    "a:b@",
    ",",
    "氏名: ",
    "山田 花子",
    "=",
    "４",
    "-",
    "token: ",
    "[masked]",
    " *",
    "様",
    "4111 1111 1111 1111",
    "\n",
    "eyJhbGciOiJIUzI1NiJ9.e30.x",
    "{",
    "}",
    "5",
    "Mr. ",
    "John Smith",
  ];
  /** Numbers that always come in the same order. */
  function* sequence(seed: number): Generator<number> {
    for (let state = seed; ; ) {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      yield state / 2_147_483_648;
    }
  }

  test("whatever stands side by side", () => {
    const random = sequence(7);
    const next = () => random.next().value as number;
    const unstable: string[] = [];
    for (let round = 0; round < 4_000; round += 1) {
      const text = Array.from(
        { length: 1 + next() * 8 },
        () => pieces[Math.floor(next() * pieces.length)],
      ).join("");
      const once = maskText(text);
      if (maskText(once) !== once) unstable.push(`${text} → ${once} → ${maskText(once)}`);
    }
    expect(unstable).toEqual([]);
  });
});
