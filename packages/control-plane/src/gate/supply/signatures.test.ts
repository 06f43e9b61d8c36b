import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { verdictOf } from "../finding.ts";
import { checkSignatures } from "./signatures.ts";

const content = Buffer.from("the artefact\n");
const pem = (key: import("node:crypto").KeyObject) => key.export({ type: "spki", format: "pem" }).toString();
const other = pem(generateKeyPairSync("ed25519").publicKey);

const pairs = {
  ed25519: generateKeyPairSync("ed25519"),
  p256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  p384: generateKeyPairSync("ec", { namedCurve: "P-384" }),
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

describe("signatures of artefacts", () => {
  test.each(Object.entries(pairs))(
    "%s: raw, base64 and in a bundle; anything changed is refused",
    (name, pair) => {
      const signature = sign(name === "ed25519" ? null : "sha256", content, pair.privateKey);
      const keys = [other, pem(pair.publicKey)];
      const verdict = (bytes: Uint8Array, of: Uint8Array = content, trusted = keys) =>
        verdictOf(
          checkSignatures([{ path: "a", content: of, signature: bytes }], { keys: trusted, required: true })
            .findings,
        );
      const base64 = signature.toString("base64");
      expect(verdict(signature)).toBe("pass");
      expect(verdict(Buffer.from(`${base64}\n`))).toBe("pass");
      expect(verdict(Buffer.from(JSON.stringify({ base64Signature: base64, cert: "" })))).toBe("pass");
      expect(verdict(signature, Buffer.from("the artefact!\n"))).toBe("fail");
      expect(verdict(Buffer.concat([signature.subarray(0, -1), Buffer.from([signature.at(-1)! ^ 1])]))).toBe(
        "fail",
      );
      expect(verdict(signature, content, [other])).toBe("fail");
    },
  );

  test("a missing signature warns, or blocks when it is required; an unreadable one decides nothing", () => {
    const keys = [other];
    const verdict = (artefact: object, required: boolean, trusted = keys) =>
      verdictOf(checkSignatures([{ path: "a", content, ...artefact }], { keys: trusted, required }).findings);
    expect(verdict({}, false)).toBe("pass");
    expect(verdict({}, true)).toBe("fail");
    expect(verdict({ signature: Buffer.from("not one") }, true)).toBe("inconclusive");
    expect(verdict({ signature: Buffer.alloc(64, 7) }, true, [])).toBe("inconclusive");
  });
});
