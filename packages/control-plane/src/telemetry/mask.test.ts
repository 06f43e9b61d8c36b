import { describe, expect, it } from "vitest";
import { isSecretKey, MASK, maskText } from "./mask.ts";

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0YXJvIn0.c2lnbmF0dXJlLXBhcnQ";

describe("mask", () => {
  it.each([
    ["mail to taro.yamada+x@example.co.jp now", "taro.yamada"],
    ["Authorization: Bearer abc123def456ghi", "abc123def456ghi"],
    ["Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"],
    [`token was ${JWT} sorry`, "eyJhbGci"],
    ["postgres://app:s3cr3t-pw@db.internal:5432/x", "s3cr3t-pw"],
    ['{"password":"open sesame","user":"taro"}', "sesame"],
    [String.raw`{\"password\":\"open sesame\"}`, "sesame"],
    ["GET /cb?access_token=abcdef&x=1", "abcdef"],
    ["api_key = 0123456789", "0123456789"],
    ["Cookie: sid=abc; csrf=def\nnext line", "def"],
    ["secret='it is here'", "it is here"],
  ])("removes the secret of %s", (text, secret) => {
    const masked = maskText(text);
    expect(masked).not.toContain(secret);
    expect(masked).toContain(MASK);
  });

  it.each([
    "GET /api/requests 200 in 12 ms",
    "http://127.0.0.1:7100/otlp/v1/traces",
    "the token bucket has 5 tokens left",
    "申請 12 件を承認しました",
    "at Object.<anonymous> (file:///srv/app/main.js:10:5)",
  ])("leaves %s as it is", (text) => {
    expect(maskText(text)).toBe(text);
  });

  it.each([
    ["http.request.header.authorization", true],
    ["accessToken", true],
    ["DB_PASSWORD", true],
    ["x-api-key", true],
    ["dbpassword", true],
    ["gen_ai.usage.input_tokens", false],
    ["http.route", false],
    ["monkey", false],
  ])("decides by the words of a key: %s → %s", (key, secret) => {
    expect(isSecretKey(key)).toBe(secret);
  });

  it("takes time in proportion to the text, for texts made to make it slow", () => {
    const attacks = [
      (n: number) => "eyJ".repeat(n / 3),
      (n: number) => "-eyJaaaaa".repeat(n / 9),
      (n: number) => "a".repeat(n),
      (n: number) => `${"a@".repeat(n / 2)}`,
      (n: number) => "a@a.".repeat(n / 4),
      (n: number) => "password=".repeat(n / 9),
      (n: number) => `token${" ".repeat(n)}`,
      (n: number) => 'secret="'.repeat(n / 8),
      (n: number) => "x://".repeat(n / 4),
      (n: number) => `${"a://b:".repeat(n / 6)}@`,
      (n: number) => `cookie:${"cookie:".repeat(n / 7)}`,
    ];
    for (const attack of attacks) {
      expect(typeof maskText(attack(400_000))).toBe("string");
    }
    // Quadratic work on 400,000 characters takes minutes and runs into the limit of this test.
  }, 30_000);
});
