// Signed notes (C2SP signed-note) with Ed25519: a text, a blank line, and a line for each signature.
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto";
import { isWellFormed } from "./canonical.ts";

export type SigningKey = {
  name: string;
  /** 8 hexadecimal digits that tell the keys of one name apart. */
  id: string;
  privateKey: KeyObject;
  /** What others need to check this key's signatures: `<name>+<id>+<base64 of 0x01 and the public key>`. */
  verifier: string;
};

export type Verifier = { name: string; id: string; publicKey: KeyObject };

const ED25519 = 0x01;
const MOST_SIGNATURES = 100;
/** DER of PKCS #8 and of SubjectPublicKeyInfo for Ed25519 (RFC 8410), up to the 32 bytes that are the key. */
const PRIVATE_KEY = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_KEY = Buffer.from("302a300506032b6570032100", "hex");
const NAME = /^[^\s+\p{Cc}]+$/u;

export function createSigningKey(name: string, seed: Uint8Array): SigningKey {
  requireName(name);
  if (seed.length !== 32) throw new TypeError("the seed of an Ed25519 key has 32 bytes");
  const der = Buffer.concat([PRIVATE_KEY, seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const key = Buffer.concat([Buffer.of(ED25519), spki.subarray(PUBLIC_KEY.length)]);
  const id = keyId(name, key);
  return { name, id, privateKey, verifier: `${name}+${id}+${key.toString("base64")}` };
}

const MOST_PARSED = 64;
/** Making a key costs as much as a signature, and the same few keys verify many notes. */
const parsed = new Map<string, Verifier>();

/** Throws a TypeError unless `text` is a verifier key of type Ed25519 whose id fits its name and key. */
export function parseVerifier(text: string): Verifier {
  let verifier = parsed.get(text);
  if (verifier === undefined) {
    verifier = readVerifier(text);
    if (parsed.size >= MOST_PARSED) parsed.clear();
    parsed.set(text, verifier);
  }
  return verifier;
}

function readVerifier(text: string): Verifier {
  // Base64 may contain a plus, so only the first two are separators.
  const [, name, id, base64] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? [];
  if (name === undefined || id === undefined || base64 === undefined) {
    throw new TypeError("not a verifier key: <name>+<id>+<key>");
  }
  requireName(name);
  const key = decodeBase64(base64);
  if (key?.length !== 33 || key[0] !== ED25519) throw new TypeError("not an Ed25519 verifier key");
  if (keyId(name, key) !== id) throw new TypeError("the verifier key's id does not fit its name and key");
  const der = Buffer.concat([PUBLIC_KEY, key.subarray(1)]);
  return { name, id, publicKey: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

/** The text with one signature line of each key. The text ends with a newline and has no other control characters. */
export function signNote(text: string, keys: readonly SigningKey[]): string {
  requireText(text);
  if (keys.length === 0) throw new TypeError("a note needs a key that signs it");
  const lines = keys.map(({ name, id, privateKey }) => {
    const signature = sign(null, Buffer.from(text), privateKey);
    return `— ${name} ${Buffer.concat([Buffer.from(id, "hex"), signature]).toString("base64")}\n`;
  });
  return `${text}\n${lines.join("")}`;
}

/**
 * The text of a note that at least one of the verifiers has signed, and which of them (the verifier keys, in the order
 * of the signatures). Signatures of unknown keys are skipped; a wrong signature of a known key refuses the whole note.
 */
export function openNote(note: string, verifiers: readonly string[]): { text: string; signedBy: string[] } {
  const { text, signatures } = splitNote(note);
  const bytes = Buffer.from(text);
  const signedBy: string[] = [];
  for (const { name, id, signature } of signatures) {
    const known = verifiers.find((verifier) => verifier.startsWith(`${name}+${id}+`));
    if (known === undefined) continue;
    if (signedBy.includes(known)) throw new TypeError(`the note is signed twice by ${name}+${id}`);
    if (!verify(null, bytes, parseVerifier(known).publicKey, signature)) {
      throw new TypeError(`the signature of ${name}+${id} does not fit the note`);
    }
    signedBy.push(known);
  }
  if (signedBy.length === 0) {
    const signers = signatures.map(({ name, id }) => `${name}+${id}`).join(", ");
    throw new TypeError(`no known key has signed the note (signed by ${signers})`);
  }
  return { text, signedBy };
}

export type Signature = { name: string; id: string; signature: Buffer };

/** The parts of a note, nothing verified. */
export function splitNote(note: string): { text: string; signatures: Signature[] } {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw new TypeError("not a signed note: no signatures");
  const text = note.slice(0, end + 1);
  requireText(text);
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > MOST_SIGNATURES) throw new TypeError("the note has too many signatures");
  return { text, signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): Signature {
  const [, name, base64] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  if (name === undefined || base64 === undefined) throw new TypeError("not a signature line");
  requireName(name);
  const bytes = decodeBase64(base64);
  // Other kinds of keys have other lengths; they are unknown keys then.
  if (bytes === undefined || bytes.length < 5) throw new TypeError("not a signature line");
  return { name, id: bytes.toString("hex", 0, 4), signature: bytes.subarray(4) };
}

/** Only the one encoding of the bytes: two texts must not mean the same signature. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

function keyId(name: string, typeAndKey: Uint8Array): string {
  return hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), typeAndKey]), "hex").slice(0, 8);
}

function requireName(name: string): void {
  if (!NAME.test(name) || !isWellFormed(name)) throw new TypeError("a key's name has no spaces and no plus");
}

function requireText(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a note must not contain
  if (!text.endsWith("\n") || /[\u0000-\u0009\u000b-\u001f]/.test(text) || !isWellFormed(text)) {
    throw new TypeError("the text of a note ends with a newline and has no other control characters");
  }
}
