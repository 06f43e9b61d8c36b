import { describe, expect, it } from "vitest";
import { checkpointTime, formatCheckpoint, isTimestamp, parseCheckpoint } from "./checkpoint.ts";
import { commitTo } from "./commitment.ts";
import { EMPTY_ROOT } from "./merkle.ts";
import { createSigningKey, openNote, parseVerifier, signNote } from "./note.ts";

// The example of the specification (C2SP signed-note); its private key is in the tests of Go's sumdb/note.
const VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const SEED = Buffer.from("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", "base64").subarray(1);
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNATURE =
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const NOTE = `${TEXT}\n${SIGNATURE}`;
const peter = createSigningKey("PeterNeumann", SEED);
const other = createSigningKey("other", Buffer.alloc(32, 7));

describe("signed note", () => {
  it("is, byte by byte, the one of the specification", () => {
    expect(peter.verifier).toBe(VERIFIER);
    expect(peter.id).toBe("c74f20a3");
    expect(signNote(TEXT, [peter])).toBe(NOTE);
    expect(openNote(NOTE, [VERIFIER])).toEqual({ text: TEXT, signedBy: [VERIFIER] });
  });

  it("names those known keys that signed, in the order of the signatures", () => {
    const note = signNote(TEXT, [other, peter]);
    expect(openNote(note, [peter.verifier, other.verifier]).signedBy).toEqual([
      other.verifier,
      peter.verifier,
    ]);
    expect(openNote(note, [peter.verifier]).signedBy).toEqual([peter.verifier]);
  });

  it("is refused with any bit flipped", () => {
    const bytes = Buffer.from(NOTE);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => openNote(damaged.toString(), [VERIFIER]), `bit ${bit}`).toThrow(TypeError);
    }
  });

  it.each([
    ["a known key's wrong signature beside a good one", signNote(TEXT, [peter, other]).replace("If", "if")],
    ["no known signature", signNote(TEXT, [other])],
    ["the same signature twice", NOTE + SIGNATURE],
    ["no signature", `${TEXT}\n`],
    ["no blank line", TEXT + SIGNATURE],
    ["a hyphen for the dash", NOTE.replace("—", "-")],
    ["a line that is no signature", `${NOTE}hello\n`],
    ["no newline at the end", NOTE.slice(0, -1)],
    ["a carriage return", NOTE.replace("\n", "\r\n")],
    ["base64 in another form", NOTE.replace("nAM=", "nAN=")],
    ["too many signatures", `${TEXT}\n${"— x AAAAAAA=\n".repeat(100)}${SIGNATURE}`],
  ])("is refused with %s", (_, note) => {
    expect(() => openNote(note, [VERIFIER])).toThrow(TypeError);
  });

  it("skips signatures of keys and kinds that it does not know", () => {
    expect(openNote(`${NOTE}— witness AAAAAAA=\n`, [VERIFIER]).signedBy).toEqual([VERIFIER]);
  });

  it.each(["no newline", "", "\u0000\n", "a\tb\n", "a\rb\n", "\ud800\n"])("does not sign %j", (text) => {
    expect(() => signNote(text, [peter])).toThrow(TypeError);
  });
});

describe("verifier key", () => {
  it("is refused when a part is missing or a character is another one", () => {
    for (let start = 0; start < VERIFIER.length; start++) {
      for (let end = start + 1; end <= VERIFIER.length; end++) {
        if (end - start < VERIFIER.length)
          expect(() => parseVerifier(VERIFIER.slice(start, end))).toThrow(TypeError);
      }
      const next = String.fromCharCode(VERIFIER.charCodeAt(start) + 1);
      expect(() => parseVerifier(VERIFIER.slice(0, start) + next + VERIFIER.slice(start + 1))).toThrow(
        TypeError,
      );
    }
  });

  it.each(["", "two words", "a+b", "tab\t", "\u3000", "\ud800"])("has no name like %j", (name) => {
    expect(() => createSigningKey(name, SEED)).toThrow(TypeError);
  });

  it("needs 32 bytes as seed", () => {
    expect(() => createSigningKey("name", SEED.subarray(1))).toThrow(TypeError);
  });
});

describe("checkpoint", () => {
  const root = Buffer.alloc(32, 1);
  const text = `toban-1/acme/auth\n20852163\n${root.toString("base64")}\ntime 2026-02-28T23:59:59.000001Z\n`;

  it("is read and written as the same text", () => {
    const extensions = ["time 2026-02-28T23:59:59.000001Z"];
    expect(parseCheckpoint(text)).toEqual({ origin: "toban-1/acme/auth", size: 20852163, root, extensions });
    expect(formatCheckpoint(parseCheckpoint(text))).toBe(text);
    expect(checkpointTime(parseCheckpoint(text))).toBe("2026-02-28T23:59:59.000001Z");
  });

  it.each([
    ["no newline at the end", text.slice(0, -1)],
    ["an empty line", text.replace("\ntime", "\n\ntime")],
    ["no origin", text.slice(text.indexOf("\n"))],
    ["a zero before the size", text.replace("208", "0208")],
    ["a sign before the size", text.replace("208", "+208")],
    ["a size beyond precision", text.replace("20852163", "9007199254740993")],
    ["a short root", text.replace(root.toString("base64"), root.toString("base64", 1))],
    ["a root in another form", text.replace("AQE=", "AQF=")],
    ["a root without padding", text.replace("AQE=", "AQE")],
    ["two lines only", "origin\n1\n"],
    ["a control character", text.replace("acme", "ac\u0000me")],
  ])("is refused with %s", (_, bad) => {
    expect(bad).not.toBe(text);
    expect(() => parseCheckpoint(bad)).toThrow(TypeError);
  });

  it("is not written when it could not be read", () => {
    const good = { origin: "o", size: 0, root: EMPTY_ROOT, extensions: [] };
    expect(() => formatCheckpoint(good)).not.toThrow();
    for (const bad of [
      { size: -1 },
      { size: 0.5 },
      { origin: "a\nb" },
      { extensions: [""] },
      { root: root.subarray(1) },
    ]) {
      expect(() => formatCheckpoint({ ...good, ...bad })).toThrow(TypeError);
    }
  });

  it("has a time only when it is a real one", () => {
    expect(["2026-02-28T23:59:59Z", "2024-02-29T00:00:00.123456Z"].map(isTimestamp)).toEqual([true, true]);
    const bad = ["2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01", "x"];
    expect(bad.filter(isTimestamp)).toEqual([]);
    expect(
      checkpointTime({ origin: "o", size: 0, root, extensions: ["time 2026-02-30T00:00:00Z"] }),
    ).toBeUndefined();
  });
});

describe("commitment", () => {
  const salt = Buffer.alloc(32, 3);

  it("is 44 characters that depend on value and salt", () => {
    const commitment = commitTo("alice", salt);
    // printf 'toban/commitment/v1\n' and 32 bytes 03 and 'alice' through any SHA-256 give the same.
    expect(commitment).toBe("~hhPcuuYvnEZ2lwxGNRMD2E2q0cO0NFBaPFyYU4egU9Y");
    expect(commitTo("alice", Buffer.alloc(32, 4))).not.toBe(commitment);
    expect(commitTo("alicf", salt)).not.toBe(commitment);
  });

  it("cannot be opened with a part of the value as salt", () => {
    expect(() => commitTo("ice", Buffer.concat([salt, Buffer.from("al")]))).toThrow(TypeError);
    expect(() => commitTo("value", Buffer.alloc(16))).toThrow(TypeError);
    expect(() => commitTo("\ud800", salt)).toThrow(TypeError);
  });
});
