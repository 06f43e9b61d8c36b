import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startS3 } from "../testing/s3-server.ts";
import { anchorSinks } from "./index.ts";
import { largestSize, s3Sink } from "./s3.ts";
import { signRequest } from "./sigv4.ts";

const ACCOUNT = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

describe("a request's signature", () => {
  // The examples of "Authenticating Requests: Using the Authorization Header" in Amazon S3's API reference.
  const scope = { region: "us-east-1", service: "s3", at: new Date("2013-05-24T00:00:00Z") };
  const signatureOf = (method: string, path: string, headers: Record<string, string> = {}, body = "") => {
    const url = new URL(path, "https://examplebucket.s3.amazonaws.com");
    return signRequest({ method, url, headers, body }, scope, ACCOUNT).authorization?.split("Signature=")[1];
  };

  it("is the published one", () => {
    expect(signatureOf("GET", "/test.txt", { range: "bytes=0-9" })).toBe(
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    );
    const put = { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" };
    expect(signatureOf("PUT", "/test$file.text", put, "Welcome to Amazon S3.")).toBe(
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    );
    expect(signatureOf("GET", "/?lifecycle")).toBe(
      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    );
    expect(signatureOf("GET", "/?max-keys=2&prefix=J")).toBe(
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    );
  });

  it("depends on every part", () => {
    const right = signatureOf("GET", "/test.txt", { range: "bytes=0-9" });
    const others = [
      signatureOf("PUT", "/test.txt", { range: "bytes=0-9" }),
      signatureOf("GET", "/test.tx", { range: "bytes=0-9" }),
      signatureOf("GET", "/test.txt", { range: "bytes=0-8" }),
      signatureOf("GET", "/test.txt?a=b", { range: "bytes=0-9" }),
      signatureOf("GET", "/test.txt", { range: "bytes=0-9" }, "body"),
    ];
    expect(new Set([right, ...others]).size).toBe(6);
  });
});

let s3: Awaited<ReturnType<typeof startS3>>;
beforeEach(async () => {
  s3 = await startS3("locked", ACCOUNT);
});
afterEach(() => s3.close());

const anchor = (size: number, root = "root") => ({
  tenant: "acme",
  class: "admin" as const,
  note: `toban/acme/admin\n${size}\n${root}\n\n— toban x\n`,
  at: new Date(),
});
const sink = (changed: Partial<Parameters<typeof s3Sink>[0]> = {}) =>
  s3Sink({
    bucketUrl: `${s3.url}/locked`,
    prefix: "toban/anchors",
    region: "eu-central-1",
    retainDays: 1_200,
    credentials: () => ACCOUNT,
    clock: { now: () => new Date() },
    ...changed,
  });

describe("a bucket with Object Lock", () => {
  it("gets each anchor under a key of its own, locked in compliance mode until its retention ends", async () => {
    await sink().append(anchor(42));
    const [[key, object]] = [...s3.objects] as [[string, { body: string; mode: string; until: string }]];
    expect(key).toBe("toban/anchors/acme/admin/0000000000000042");
    expect(object).toMatchObject({ body: anchor(42).note, mode: "COMPLIANCE" });
    const days = (Date.parse(object.until) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(1_199.9);
    expect(days).toBeLessThan(1_200.1);
    expect(s3.requests[0]?.headers).toMatchObject({ "if-none-match": "*" });
  });

  it("is content with an anchor that it has, and names a key that holds another one", async () => {
    await sink().append(anchor(42));
    await sink().append(anchor(42));
    expect(s3.objects.size).toBe(1);
    await expect(sink().append(anchor(42, "other"))).rejects.toThrow(/anchor_other_note.*0042/);
    expect([...s3.objects.values()][0]?.body).toBe(anchor(42).note);
  });

  it("tells the largest tree in few requests, whatever sizes there are", async () => {
    expect(await sink().last?.("acme", "admin")).toBeUndefined();
    for (const size of [1, 2, 3, 900, 901, 5_000_000, 5_000_003, 71_234_567])
      await sink().append(anchor(size));
    await sink().append({ ...anchor(99_999_999), class: "access" });
    const before = s3.requests.length;
    expect(await sink().last?.("acme", "admin")).toBe(anchor(71_234_567).note);
    expect(s3.requests.length - before).toBeLessThan(70);
  });

  it("refuses a wrong secret, and the error says so without the secret", async () => {
    const wrong = sink({ credentials: () => ({ ...ACCOUNT, secretAccessKey: "wrong-secret" }) });
    const error = await wrong.append(anchor(1)).catch((cause) => cause);
    expect(error).toMatchObject({
      code: "anchor_sink_refused",
      reason: expect.stringMatching(/403 \(SignatureDoesNot/),
    });
    expect(JSON.stringify(error) + error.stack).not.toMatch(/wrong-secret|AKIA/);
    await expect(sink({ credentials: () => undefined }).append(anchor(1))).rejects.toThrow(
      /anchor_credentials_missing/,
    );
    expect(s3.objects.size).toBe(0);
  });

  it("that does not answer is unreachable", async () => {
    await expect(sink({ bucketUrl: "http://127.0.0.1:1/locked" }).append(anchor(1))).rejects.toThrow(
      /anchor_sink_unreachable.*ECONNREFUSED/,
    );
  });

  it("is what TOBAN_ANCHOR_S3 names", async () => {
    const sinks = anchorSinks({
      home: "/nowhere",
      secret: () => undefined,
      environment: { AWS_ACCESS_KEY_ID: ACCOUNT.accessKeyId, AWS_SECRET_ACCESS_KEY: ACCOUNT.secretAccessKey },
      clock: { now: () => new Date() },
      s3: `${s3.url}/locked/some/prefix?region=eu-west-1&days=30`,
    });
    await sinks.find((one) => one.name === "s3")?.append(anchor(3));
    expect([...s3.objects.keys()]).toEqual(["some/prefix/acme/admin/0000000000000003"]);
  });
});

describe("the search for the largest size", () => {
  it("finds it in any set of sizes", async () => {
    for (let seed = 1; seed < 300; seed++) {
      const sizes = Array.from(
        { length: 1 + (seed % 7) },
        (_, n) => 1 + ((seed * 7_919 * (n + 1) ** 3) % 5_000),
      );
      const largest = await largestSize(
        async (after) => sizes.filter((size) => size > after).sort((a, b) => a - b)[0],
      );
      expect(largest, sizes.join()).toBe(Math.max(...sizes));
    }
  });
});
