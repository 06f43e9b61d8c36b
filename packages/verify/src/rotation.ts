// A change of the signing key: the old key signs a statement about the new one.
import { isTimestamp } from "./checkpoint.ts";
import { openNote, parseVerifier, type SigningKey, signNote } from "./note.ts";

const FORMAT = "toban-audit-key-rotation/1";

/** The statement of `old` that `verifier` is its successor from `time` on; both bear the installation's name. */
export function certifyKey(old: SigningKey, verifier: string, time: string): string {
  const note = signNote(`${[FORMAT, old.name, verifier, time].join("\n")}\n`, [old]);
  readCertificate(note, [old.verifier]);
  return note;
}

/** The key that a certificate names. Throws a TypeError unless a key of `verifiers` signed it. */
export function readCertificate(certificate: string, verifiers: readonly string[]): string {
  const { text, signedBy } = openNote(certificate, verifiers);
  const [format, installation, verifier, time, ...rest] = text.split("\n");
  if (format !== FORMAT || rest.join() !== "" || rest.length !== 1)
    throw new TypeError("not a key's certificate");
  const names = [...signedBy, verifier!].map((key) => parseVerifier(key).name);
  if (!names.every((name) => name === installation)) {
    throw new TypeError("the certificate's keys are not all of its installation");
  }
  if (!isTimestamp(time!)) throw new TypeError("the certificate has no time");
  return verifier!;
}

/** The pinned keys, and of `verifiers` those that certificates lead to from them. */
export function acceptChain(
  pinned: readonly string[],
  certificates: readonly string[],
  verifiers: readonly string[],
): string[] {
  const accepted = [...pinned];
  // An accepted key may certify a further one, whatever the order of the certificates: a pass for each link at most.
  for (let before = -1; before !== accepted.length; ) {
    before = accepted.length;
    for (const certificate of certificates) {
      const verifier = tryRead(certificate, accepted);
      if (verifier !== undefined && verifiers.includes(verifier) && !accepted.includes(verifier)) {
        accepted.push(verifier);
      }
    }
  }
  return accepted;
}

function tryRead(certificate: string, verifiers: readonly string[]): string | undefined {
  try {
    return readCertificate(certificate, verifiers);
  } catch {
    return undefined;
  }
}
