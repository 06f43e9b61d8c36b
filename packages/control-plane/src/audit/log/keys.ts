import { hash, randomBytes } from "node:crypto";
import { certifyKey, createSigningKey, parseVerifier, type SigningKey } from "@toban/verify";
import type { Ctx } from "../../platform/ctx.ts";
import { invalid } from "../../platform/errors.ts";
import type { Secrets } from "../../platform/secrets.ts";

/** Name of the secret: a JSON list of the keys, oldest first. */
const SECRET = "audit-keys";
/** After a rotation checkpoints are signed by both keys for this long, so that every reader can follow. */
export const OVERLAP_MS = 24 * 3_600_000;

/** One key as it is kept. The seed of a key that signs no more is forgotten at the next rotation. */
type StoredKey = {
  verifier: string;
  seed?: string;
  createdAt: string;
  /** Signed by the key before: that this one follows. */
  certificate?: string;
  signsUntil?: string;
};

export type AuditKeys = {
  /** Name of all keys and first part of every tree's origin; never changes. */
  installation: string;
  /** The newest key. */
  signing(): SigningKey;
  /** The newest key, and the one before it while they overlap. */
  signers(): SigningKey[];
  /** Public keys of all time, oldest first. */
  verifiers(): string[];
  certificates(): string[];
  /** Public keys with the certificate of each; for whoever keeps them outside. */
  records(): { verifier: string; certificate: string | null; createdAt: string; signsUntil: string | null }[];
};

type Clock = Ctx["clock"];

/** The keys of this home; the first one is made when there is none. Read at each use: replicas share them. */
export async function openAuditKeys(secrets: Secrets, clock: Clock): Promise<AuditKeys> {
  if (secrets.get(SECRET) === undefined) {
    const seed = randomBytes(32);
    // The name comes from the public key, which does not depend on the name.
    const { publicKey } = parseVerifier(createSigningKey("toban", seed).verifier);
    const digest = hash("sha256", publicKey.export({ format: "der", type: "spki" }).subarray(-32), "hex");
    const key = createSigningKey(`toban-${digest.slice(0, 8)}`, seed);
    await write(secrets, [storedOf(key, seed, clock.now())]);
  }
  let text: string | undefined;
  let keys: StoredKey[] = [];
  let signing: SigningKey[] = [];
  const current = () => {
    const now = secrets.get(SECRET);
    if (now !== text || now === undefined) {
      keys = parse(now);
      signing = keys.map(signingKeyOf).filter((key) => key !== undefined);
      text = now;
    }
    return keys;
  };
  const newest = () => {
    current();
    return signing.at(-1)!;
  };
  return {
    installation: nameOf(current()[0]!),
    signing: newest,
    signers() {
      const now = clock.now().toISOString();
      const overlapping = current().filter((key) => key.signsUntil !== undefined && key.signsUntil > now);
      const old = signing.filter((key) => overlapping.some((one) => one.verifier === key.verifier));
      return [newest(), ...old];
    },
    verifiers: () => current().map((key) => key.verifier),
    certificates: () => current().flatMap((key) => key.certificate ?? []),
    records: () =>
      current().map(({ verifier, certificate, createdAt, signsUntil }) => ({
        verifier,
        certificate: certificate ?? null,
        createdAt,
        signsUntil: signsUntil ?? null,
      })),
  };
}

/**
 * Makes a new key that the present one vouches for. One atomic write: after a crash there is the old list or the new
 * one, and what tells others of it (record, sinks) is caught up on from the list.
 */
export async function rotateAuditKey(
  secrets: Secrets,
  clock: Clock,
): Promise<{ verifier: string; before: string }> {
  const keys = parse(secrets.get(SECRET));
  const old = keys.at(-1)!;
  const oldKey = signingKeyOf(old)!;
  const now = clock.now();
  const seed = randomBytes(32);
  const next = createSigningKey(nameOf(old), seed);
  const kept = keys.slice(0, -1).map(({ seed: past, ...key }) => {
    const stillSigns = key.signsUntil !== undefined && key.signsUntil > now.toISOString();
    return stillSigns && past !== undefined ? { ...key, seed: past } : key;
  });
  await write(secrets, [
    ...kept,
    { ...old, signsUntil: new Date(now.getTime() + OVERLAP_MS).toISOString() },
    { ...storedOf(next, seed, now), certificate: certifyKey(oldKey, next.verifier, now.toISOString()) },
  ]);
  return { verifier: next.verifier, before: old.verifier };
}

/** `<name>+<id>` without the key itself: short enough for a line of a log. */
export const keyLabel = (verifier: string): string => verifier.split("+").slice(0, 2).join("+");

const storedOf = (key: SigningKey, seed: Buffer, at: Date): StoredKey => ({
  verifier: key.verifier,
  seed: seed.toString("base64url"),
  createdAt: at.toISOString(),
});

const nameOf = (key: StoredKey): string => key.verifier.slice(0, key.verifier.indexOf("+"));

const signingKeyOf = (key: StoredKey): SigningKey | undefined =>
  key.seed === undefined ? undefined : createSigningKey(nameOf(key), Buffer.from(key.seed, "base64url"));

const write = (secrets: Secrets, keys: StoredKey[]) => secrets.set(SECRET, JSON.stringify(keys));

/** What is wrong is said without the text: it has the seeds. */
function parse(text: string | undefined): StoredKey[] {
  let keys: unknown;
  try {
    keys = JSON.parse(text ?? "");
  } catch {
    keys = undefined;
  }
  const isKey = (key: unknown) => typeof (key as StoredKey | null)?.verifier === "string";
  if (Array.isArray(keys) && keys.length > 0 && keys.every(isKey) && typeof keys.at(-1).seed === "string") {
    return keys;
  }
  throw invalid(
    "audit_keys_unreadable",
    "The secret audit-keys is missing or damaged, so the audit log cannot be signed.",
    "Restore secrets.json from a backup. A new key would not be able to prove that it continues the log.",
  );
}
