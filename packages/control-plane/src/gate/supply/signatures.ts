import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { type Finding, type Outcome, raise } from "../finding.ts";
import { SIGNATURE_CHECKS } from "./checks/signatures.ts";
import { isRecord, parseJson, recordOf, textOf } from "./json.ts";
import type { SupplySettings } from "./settings.ts";

/** An artefact and what stands beside it as `<path>.sig` or `<path>.bundle`; undefined when it has no signature. */
export type SignedArtefact = { path: string; content: Uint8Array; signature?: Uint8Array };

/**
 * Verifies artefacts' signatures with the trusted public keys: Ed25519, ECDSA (DER or raw, SHA-256 or the curve's own) and
 * RSA, raw or base64, alone or in a bundle of cosign. A missing signature warns, or blocks when settings demand it.
 */
export function checkSignatures(
  artefacts: readonly SignedArtefact[],
  settings: SupplySettings["signatures"],
): Outcome {
  const keys = settings.keys.flatMap((pem) => publicKey(pem) ?? []);
  const findings = artefacts.flatMap((artefact): Finding[] => {
    const place = { path: artefact.path, line: 1, column: 1 };
    const params = { artefact: artefact.path, count: keys.length };
    if (artefact.signature === undefined) {
      return [raise(SIGNATURE_CHECKS.missing, place, params, settings.required ? { severity: "block" } : {})];
    }
    const unreadable = (detail: string) => [raise(SIGNATURE_CHECKS.unreadable, place, { ...params, detail })];
    if (keys.length === 0 || keys.length < settings.keys.length) return unreadable("supply.signatures.keys");
    const signatures = signaturesIn(artefact.signature, artefact.content);
    if (typeof signatures === "string") return unreadable(signatures);
    const valid = keys.some((key) =>
      signatures.some((signature) => isValid(key, artefact.content, signature)),
    );
    return valid ? [] : [raise(SIGNATURE_CHECKS.tampered, place, params)];
  });
  return { files: artefacts.map(({ path }) => path), findings };
}

function publicKey(pem: string): KeyObject | undefined {
  try {
    // A private key would give a public one too; it has no business in settings.
    return pem.includes("PRIVATE") ? undefined : createPublicKey(pem);
  } catch {
    return undefined;
  }
}

/** The bytes that a signature file may mean; in words why it means none. */
function signaturesIn(file: Uint8Array, content: Uint8Array): Uint8Array[] | string {
  if (file.length === 0 || file.length > 100_000) return "empty";
  const text = Buffer.from(file).toString("utf8").trim();
  const bundle = parseJson(text);
  if (isRecord(bundle)) {
    const message = recordOf(bundle.messageSignature);
    const signature = textOf(bundle.base64Signature) ?? textOf(message.signature) ?? textOf(bundle.signature);
    if (signature === undefined) return "bundle";
    const digest = textOf(recordOf(message.messageDigest).digest);
    // The bundle's own digest is checked by the signature anyway; another one tells that it is of another artefact.
    if (digest !== undefined && digest !== createHash("sha256").update(content).digest("base64")) return [];
    return [Buffer.from(signature, "base64")];
  }
  const plain = text.replace(/\s+/g, "");
  const decoded = /^[A-Za-z0-9+/_-]{40,}={0,2}$/.test(plain) ? [Buffer.from(plain, "base64")] : [];
  if (decoded.length === 0 && /^[\s -~]*$/.test(text)) return "format";
  return [file, ...decoded];
}

function isValid(key: KeyObject, content: Uint8Array, signature: Uint8Array): boolean {
  try {
    switch (key.asymmetricKeyType) {
      case "ed25519":
      case "ed448":
        return verify(null, content, key, signature);
      case "ec": {
        const curve = key.asymmetricKeyDetails?.namedCurve;
        const digests = [
          "sha256",
          ...(curve === "secp384r1" ? ["sha384"] : curve === "secp521r1" ? ["sha512"] : []),
        ];
        return digests.some((digest) =>
          (["der", "ieee-p1363"] as const).some((dsaEncoding) =>
            verify(digest, content, { key, dsaEncoding }, signature),
          ),
        );
      }
      case "rsa":
        return verify("sha256", content, key, signature);
      default:
        return false;
    }
  } catch {
    // Node throws for a signature of an impossible length or encoding, which verifies nothing.
    return false;
  }
}
