import { checks } from "../../check.ts";

const COMMITMENTS = ["RF-058"];

/** A key pair made for this example alone; the private half was thrown away. */
const KEY =
  "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAHKeDeWt0onOXbquIvWGlq6rFo2oQVYE/4Y6V2Hgg5WQ=\n-----END PUBLIC KEY-----\n";
const SIGNATURE =
  "5PjVMuuvr63Do1rasKdfqJyubxox58EiOa+0gsD6QPjx4ZPoQBQgifN/dbpMODF+i0+yOnnGFf+fcd09MfROAg==\n";
const RIGHT = { "app.txt": "shop 1.4.0\n", "app.txt.sig": SIGNATURE, "signing.pub": KEY };

export const SIGNATURE_CHECKS = checks({
  tampered: {
    code: "supply/signature-invalid",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "An artefact that does not match its signature", ja: "署名と一致しない成果物" },
    why: {
      en: "Either the artefact was changed after it was signed, or somebody else signed it. Both are reasons not to run it.",
      ja: "署名後に成果物が変わったか、別の誰かが署名したかである。どちらにしても動かしてはならない。",
    },
    reason: {
      en: "None of the trusted keys ({count}) has made the signature of {artefact}.",
      ja: "{artefact} の署名は、信頼する {count} 個の鍵のいずれのものでもない。",
    },
    remedy: {
      en: "Build and sign again from the released commit, and find out where this artefact came from.",
      ja: "リリース対象のコミットからビルドと署名をやり直し、この成果物の入手元を調べる。",
    },
    bad: { ...RIGHT, "app.txt": "shop 1.4.1\n" },
    good: RIGHT,
  },
  missing: {
    code: "supply/signature-missing",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "An artefact without a signature", ja: "署名のない成果物" },
    why: {
      en: "Without a signature nobody can tell that what is deployed is what was built.",
      ja: "署名がなければ、デプロイするものがビルドしたものであることを確かめられない。",
    },
    reason: { en: "{artefact} has no signature.", ja: "{artefact} に署名がない。" },
    remedy: {
      en: "Sign it in the pipeline, for example with `cosign sign-blob`, and put the signature beside it as `{artefact}.sig`.",
      ja: "パイプラインで署名し(例: `cosign sign-blob`)、`{artefact}.sig` として隣に置く。",
    },
    bad: { "app.txt": "shop 1.4.0\n", "signing.pub": KEY },
    good: RIGHT,
  },
  unreadable: {
    code: "supply/signature-unreadable",
    severity: "warn",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "A signature that cannot be verified", ja: "検証できない署名" },
    why: {
      en: "A signature in an unknown form, or one without a key to hold it against, proves nothing.",
      ja: "形式の分からない署名や、照合する鍵のない署名は何の証拠にもならない。",
    },
    reason: {
      en: "The signature of {artefact} cannot be verified: {detail}",
      ja: "{artefact} の署名を検証できない: {detail}",
    },
    remedy: {
      en: "Give a raw or base64 Ed25519, ECDSA or RSA signature and the PEM public key in `supply.signatures.keys`.",
      ja: "生またはbase64のEd25519、ECDSA、RSAの署名と、`supply.signatures.keys` にPEMの公開鍵を用意する。",
    },
    bad: { "app.txt": "shop 1.4.0\n", "app.txt.sig": SIGNATURE },
    good: RIGHT,
  },
});
