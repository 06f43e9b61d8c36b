import { describe, expect, test } from "vitest";
import { describeError, isSecretKey, MASK, maskLine, maskText, maskValue } from "./index.ts";

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

describe("a text", () => {
  test.each([
    ["mail to taro@example.com now", "mail to t***@example.com now"],
    ["山田taro.y+ringi@sub.example.co.jp様", "山田t***@sub.example.co.jp様"],
    [".dot@example.com", ".***@example.com"],
    ["/find?q=taro%40example.com&x=1", "/find?q=t***%40example.com&x=1"],
    ["a@b.example,c@d.example", "a***@b.example,c***@d.example"],
    ["Authorization: Bearer abc.def-123", `Authorization: Bearer ${MASK}`],
    ["sent bearer  tokentokentoken", `sent bearer  ${MASK}`],
    ["Authorization: Basic dGFybzpwYXNz", `Authorization: Basic ${MASK}`],
    [`got ${JWT}!`, `got ${MASK}!`],
    [`${JWT.split(".").slice(0, 2).join(".")}`, MASK],
    ["postgres://app:hunter2@db:5432/x", `postgres://app:${MASK}@db:5432/x`],
    ["redis://:hunter2@cache", `redis://:${MASK}@cache`],
    ["https://u:p@ss:w@host/a", `https://u:${MASK}@host/a`],
    ["Host=db;Password=hunter2;Database=x", `Host=db;Password=${MASK};Database=x`],
    ["?api_key=abc123&page=2", `?api_key=${MASK}&page=2`],
    ['body {"password":"hunter2","name":"x"}', `body {"password":"${MASK}","name":"x"}`],
    ['body {\\"clientSecret\\": \\"hunter2\\"}', `body {\\"clientSecret\\": \\"${MASK}\\"}`],
    ["Set-Cookie: sid=abc; Path=/; HttpOnly\nnext", `Set-Cookie: ${MASK}\nnext`],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIabc+/=\n-----END RSA PRIVATE KEY-----", MASK],
  ])("%s", (text, expected) => {
    expect(maskText(text)).toBe(expected);
  });

  test.each([
    "request completed",
    "POST /api/requests 201 in 12.5 ms",
    "http://127.0.0.1:7100/otlp",
    "the token was refused",
    "稟議を承認しました",
    "041650b9-2bed-414f-a2d7-4c73fff7a1ff",
    "@toban/service-kit",
  ])("%s is left as it is", (text) => {
    expect(maskText(text)).toBe(text);
  });

  test("masked twice is as masked once", () => {
    const text = `a@b.example Bearer abcdef password=x cookie: a=b postgres://u:p@h ${JWT}`;
    expect(maskText(maskText(text))).toBe(maskText(text));
  });

  // A rescanning expression needs 10¹¹ steps for these; the test's time limit ends it.
  test.each([
    ["a", "a"],
    ["dots", "a."],
    ["at signs", "a@"],
    ["at signs with dots", "a@a."],
    ["JWT heads", "eyJaaaa-"],
    ["JWT parts", "eyJaaaa."],
    ["URLs", "://a:"],
    ["bearers", "bearer "],
    ["cookies", "cookie"],
    ["keys", "token "],
    ["assignments", "token="],
    ["quotes", 'token"'],
    ["key heads", "-----BEGIN PRIVATE KEY-----a"],
    ["percent", "%4"],
  ])("of half a million characters of %s is masked in linear time", (_name, unit) => {
    const text = unit.repeat(500_000 / unit.length);
    expect(maskText(`${text} @ eyJ :// bearer token`).length).toBeGreaterThan(0);
  });
});

describe("a value", () => {
  test("loses what its secret fields hold, at any depth and of any type", () => {
    expect(
      maskValue({
        user: "taro@example.com",
        password: "x",
        Authorization: ["Basic", "y"],
        nested: [{ accessToken: { raw: 1 }, "set-cookie": 5, client_secret: true, apiKey: "k", count: 3 }],
        token: null,
      }),
    ).toEqual({
      user: "t***@example.com",
      password: MASK,
      Authorization: MASK,
      nested: [{ accessToken: MASK, "set-cookie": MASK, client_secret: MASK, apiKey: MASK, count: 3 }],
      token: null,
    });
  });

  test("keeps fields that only resemble secrets", () => {
    for (const key of ["tokenizer", "author", "keyboard", "name", "requestId", "primaryKey"]) {
      expect([key, isSecretKey(key)]).toEqual([key, false]);
    }
  });
});

describe("a line", () => {
  test("stays one line of JSON", () => {
    const { line, record } = maskLine(`${JSON.stringify({ message: 'said "password=x"\n', secret: "y" })}\n`);
    expect(line.endsWith("\n")).toBe(true);
    expect(line.trimEnd()).not.toContain("\n");
    expect(JSON.parse(line)).toEqual(record);
    expect(record).toEqual({ message: `said "password=${MASK}"\n`, secret: MASK });
  });

  test("that is not JSON is masked as text", () => {
    expect(maskLine("oops password=hunter2\n")).toEqual({ line: `oops password=${MASK}\n`, record: null });
  });
});

describe("an error", () => {
  test("is described with its causes, without the fields where drivers put data", () => {
    const inner = Object.assign(new Error("duplicate key"), {
      code: "23505",
      detail: "Key (email)=(x) exists",
    });
    const error = new Error("outer", { cause: new AggregateError([inner], "many") });
    const described = describeError(error) as { cause: { errors: Record<string, unknown>[] } };
    expect(described.cause.errors[0]).toMatchObject({
      type: "Error",
      message: "duplicate key",
      code: "23505",
    });
    expect(JSON.stringify(described)).not.toContain("Key (email)");
  });

  test("that is its own cause is described up to a limit", () => {
    const error = new Error("again");
    error.cause = error;
    expect(JSON.stringify(describeError(error)).length).toBeLessThan(100_000);
  });
});
