import { describe, expect, it } from "vitest";
import type { GivenAnchors } from "./anchors.ts";
import { EXIT } from "./findings.ts";
import { createSigningKey } from "./note.ts";
import { acceptChain, certifyKey, readCertificate } from "./rotation.ts";
import { bundleOf, headOf, INSTALLATION, key, leafText, leavesOf, sectionOf, TIME } from "./testing/log.ts";
import { verifyBundle } from "./verify.ts";

const newKey = createSigningKey(INSTALLATION, Buffer.alloc(32, 2));
const thirdKey = createSigningKey(INSTALLATION, Buffer.alloc(32, 3));
const attacker = createSigningKey(INSTALLATION, Buffer.alloc(32, 66));

const log = { class: "auth", leaves: leavesOf("auth", 20) };
/** The same history up to entry 9, then another one. */
const fork = {
  class: "auth",
  leaves: log.leaves.map((leaf, seq) => (seq < 9 ? leaf : leafText("auth", seq, { result: "failure" }))),
};

const anchorsOf = (...notes: string[]): GivenAnchors => ({
  notes: notes.map((note) => ({ note, where: "test" })),
  unreadable: [],
});

async function judge(bundle: Promise<Buffer> | Buffer, anchors?: GivenAnchors, pinned = [key.verifier]) {
  const report = await verifyBundle([await bundle], { pinned, ...(anchors && { anchors }) });
  const { findings, notChecked, sections } = report;
  return {
    exit: EXIT[report.verdict],
    codes: findings.map(({ code }) => code),
    findings,
    notChecked: notChecked.map(({ code }) => code),
    linked: sections.map((section) => section.anchors.linked),
  };
}

describe("keys", () => {
  const signedBy = async (keys: (typeof key)[], over: object) =>
    bundleOf([await sectionOf(log, { keys, anchorSizes: [4] })], {
      verifiers: keys.map((one) => one.verifier),
      ...over,
    });

  it("refuse what an attacker signed again with a key of the same name", async () => {
    const bundle = signedBy([attacker], {});
    expect(await judge(bundle)).toMatchObject({ exit: 1, codes: ["key"] });
    // Nothing else can tell; so the report says that no key was pinned.
    expect(await judge(bundle, undefined, [])).toMatchObject({
      exit: 0,
      notChecked: expect.arrayContaining(["no-key"]),
    });
  });

  it("accept a new key that the pinned one certified, over several steps and in any order", async () => {
    const certificates = [
      certifyKey(newKey, thirdKey.verifier, TIME),
      certifyKey(key, newKey.verifier, TIME),
    ];
    const verifiers = [key, newKey, thirdKey].map((one) => one.verifier);
    expect((await judge(signedBy([thirdKey], { certificates, verifiers }))).exit).toBe(0);
    expect(
      await judge(signedBy([thirdKey], { certificates: certificates.slice(1), verifiers })),
    ).toMatchObject({
      exit: 1,
      codes: ["key"],
    });
    expect(acceptChain([key.verifier], certificates, verifiers)).toEqual(verifiers);
    // Certificates lead forward only: who has the newest key cannot vouch for the oldest one.
    expect(acceptChain([thirdKey.verifier], certificates, verifiers)).toEqual([thirdKey.verifier]);
  });

  it("accept a head that the old and the new key signed", async () => {
    expect((await judge(signedBy([key, newKey], {}))).exit).toBe(0);
    expect((await judge(signedBy([newKey, key], {}))).exit).toBe(0);
  });

  it("refuse certificates of others", async () => {
    const forged = certifyKey(attacker, newKey.verifier, TIME);
    const verifiers = [newKey.verifier];
    expect(await judge(signedBy([newKey], { certificates: [forged], verifiers }))).toMatchObject({
      exit: 1,
      codes: ["signature", "key"],
    });
    const own = { certificates: [forged], verifiers: [attacker.verifier, newKey.verifier] };
    expect(await judge(signedBy([newKey], own))).toMatchObject({ exit: 1, codes: ["key"] });
  });

  it("are certified within one installation, by a note that says so, at a time that exists", () => {
    const other = createSigningKey("toban-ffffffff", Buffer.alloc(32, 4));
    expect(() => certifyKey(key, other.verifier, TIME)).toThrow(TypeError);
    expect(() => certifyKey(key, newKey.verifier, "yesterday")).toThrow(TypeError);
    expect(() => readCertificate(headOf(log), [key.verifier])).toThrow(TypeError);
    expect(readCertificate(certifyKey(key, newKey.verifier, TIME), [key.verifier])).toBe(newKey.verifier);
  });

  it("in the header must be keys of the installation", async () => {
    const other = createSigningKey("toban-ffffffff", Buffer.alloc(32, 4));
    const verifiers = [key.verifier, other.verifier];
    expect(await judge(signedBy([key], { verifiers }))).toMatchObject({ exit: 1, codes: ["header"] });
    expect(await judge(signedBy([key], { verifiers: ["x"] }))).toMatchObject({ exit: 1, codes: ["header"] });
  });
});

describe("anchors", () => {
  const sizes = [0, 1, 2, 3, 4, 8, 9, 10, 16, 19, 20];

  it("of every size agree with the history that they were taken from", async () => {
    const anchors = anchorsOf(...sizes.map((size) => headOf(log, size)));
    expect(await judge(bundleOf([await sectionOf(log)]), anchors)).toMatchObject({
      exit: 0,
      linked: [sizes.length],
      notChecked: ["absent-classes"],
    });
  });

  it("of the history before a fork agree, and those after it show that the tree has diverged", async () => {
    const bundle = bundleOf([await sectionOf(fork)]);
    expect((await judge(bundle, anchorsOf(headOf(log, 9)))).exit).toBe(0);
    for (const size of [10, 16, 20]) {
      const { exit, findings } = await judge(bundle, anchorsOf(headOf(log, 4), headOf(log, size)));
      expect(exit).toBe(2);
      const heads = { bundle: headOf(fork), anchor: headOf(log, size) };
      expect(findings).toEqual([{ code: "diverged", class: "auth", size, heads }]);
    }
  });

  it("show a fork also in the part of which only hashes are there", async () => {
    for (const size of [10, 11, 12, 16]) {
      // The exporter of the fork adds a proof for the anchor, as it would for an honest one.
      const bundle = bundleOf([await sectionOf(fork, { pruned: 17, anchorSizes: [size] })]);
      expect((await judge(bundle, anchorsOf(headOf(log, size)))).exit, `size ${size}`).toBe(2);
    }
    const bundle = bundleOf([await sectionOf(fork, { start: 2, end: 4, anchorSizes: [18] })], {
      complete: false,
    });
    expect((await judge(bundle, anchorsOf(headOf(log, 18)))).exit).toBe(2);
  });

  it("in the bundle itself show a fork", async () => {
    const section = await sectionOf(fork, { anchorSizes: [12] });
    section.anchors[0]!.note = headOf(log, 12);
    expect(await judge(bundleOf([section]))).toMatchObject({ exit: 2, codes: ["diverged"] });
  });

  it("in the bundle need a known key's signature and a right proof", async () => {
    const unsigned = await sectionOf(log, { anchorSizes: [12] });
    unsigned.anchors[0]!.note = headOf(log, 12, [attacker]);
    expect(await judge(bundleOf([unsigned]))).toMatchObject({ exit: 1, codes: ["signature"] });
    const unproven = await sectionOf(log, { anchorSizes: [12] });
    unproven.anchors[0]!.proof.pop();
    expect(await judge(bundleOf([unproven]))).toMatchObject({ exit: 1, codes: ["proof"] });
  });

  it("beyond the end show that the newest entries are not there", async () => {
    const bundle = bundleOf([await sectionOf(log, { size: 15 })]);
    const { exit, findings } = await judge(bundle, anchorsOf(headOf(log, 20)));
    expect(exit).toBe(3);
    expect(findings).toEqual([{ code: "anchor-beyond", class: "auth", size: 20, detail: "15" }]);
  });

  it("before the first entry need a proof in the bundle, unless the hashes there lead to them", async () => {
    const anchor = anchorsOf(headOf(log, 5));
    const without = bundleOf([await sectionOf(log, { pruned: 10 })]);
    expect(await judge(without, anchor)).toMatchObject({ exit: 3, codes: ["anchor-unlinked"] });
    const proven = bundleOf([await sectionOf(log, { pruned: 10, anchorSizes: [5] })]);
    expect(await judge(proven, anchor)).toMatchObject({ exit: 0, linked: [2] });
    expect(await judge(without, anchorsOf(headOf(log, 8)))).toMatchObject({ exit: 0, linked: [1] });
  });

  it("of a key that is not known show a fork all the same, and are counted when they agree", async () => {
    const signed = [headOf(log, 12, [newKey])];
    const good = await judge(bundleOf([await sectionOf(log)]), anchorsOf(...signed));
    expect(good).toMatchObject({ exit: 0, notChecked: ["absent-classes", "unknown-key-anchors"] });
    // Signed again with keys of the attacker, and no key pinned: only the anchor tells.
    const resigned = bundleOf([await sectionOf(fork, { keys: [attacker] })], {
      verifiers: [attacker.verifier],
    });
    expect((await judge(resigned, anchorsOf(headOf(log, 12)), [])).exit).toBe(2);
  });

  it("that cannot be read or are damaged are not passed over", async () => {
    const bundle = await bundleOf([await sectionOf(log)]);
    const damaged = headOf(log, 12).replace("time 2026", "time 2027");
    expect(await judge(bundle, anchorsOf(headOf(log, 4), damaged))).toMatchObject({
      exit: 3,
      codes: ["anchor-unreadable"],
    });
    const half = { ...anchorsOf(headOf(log, 4)), unreadable: ["file:3"] };
    // What a crash leaves in the file of an honest sink; whoever can tear a line can as well remove it.
    expect(await judge(bundle, half)).toMatchObject({
      exit: 0,
      notChecked: ["absent-classes", "torn-anchors"],
    });
  });

  it("of other trees are of no use, and none of this tree is not enough", async () => {
    const bundle = await bundleOf([await sectionOf(log)]);
    const other = headOf(log, 4).replace("/acme/", "/other/");
    const foreign = await judge(bundle, anchorsOf(other));
    expect(foreign.exit).toBe(3);
    expect((await judge(bundle, anchorsOf())).codes).toEqual(["no-anchor-fits"]);
  });

  it("of a class that the bundle has not, although it calls itself complete, show what is missing", async () => {
    const admin = { class: "admin", leaves: leavesOf("admin", 3) };
    const anchors = anchorsOf(headOf(log, 4), headOf(admin));
    const sections = [await sectionOf(log)];
    expect(await judge(bundleOf(sections), anchors)).toMatchObject({ exit: 3, codes: ["section-missing"] });
    expect(await judge(bundleOf(sections, { complete: false }), anchors)).toMatchObject({
      exit: 0,
      notChecked: ["excerpt", "absent-classes"],
    });
  });
});

describe("sections", () => {
  it("do not pass for another tenant's or class's", async () => {
    const renamed = await judge(bundleOf([await sectionOf(log)], { tenant: "other" }));
    expect(renamed.exit).toBe(1);
    expect(renamed.codes.slice(0, 2)).toEqual(["checkpoint", "leaf"]);
    const admin = { ...(await sectionOf(log)), class: "admin" };
    expect((await judge(bundleOf([admin]))).codes.slice(0, 2)).toEqual(["checkpoint", "leaf"]);
    const spliced = {
      ...(await sectionOf(log)),
      checkpoint: headOf({ class: "admin", leaves: leavesOf("admin", 20) }),
    };
    expect((await judge(bundleOf([spliced]))).exit).toBe(1);
    const installation = await judge(bundleOf([await sectionOf(log)], { installation: "toban-ffffffff" }));
    expect(installation.exit).toBe(1);
  });

  it("do not pass with another head of the same tree", async () => {
    const older = { ...(await sectionOf(log)), checkpoint: headOf(log, 19) };
    expect(await judge(bundleOf([older]))).toMatchObject({ exit: 1, codes: ["checkpoint", "root"] });
    const forked = { ...(await sectionOf(log)), checkpoint: headOf(fork) };
    expect(await judge(bundleOf([forked]))).toMatchObject({ exit: 1, codes: ["root"] });
  });

  it("may be a part only when the bundle does not call itself complete", async () => {
    for (const [options, seq] of [
      [{ start: 5 }, 0],
      [{ end: 15 }, 15],
      [{ start: 15, pruned: 10 }, 10],
    ] as const) {
      const sections = [await sectionOf(log, options)];
      const { exit, findings } = await judge(bundleOf(sections));
      expect([exit, findings]).toMatchObject([3, [{ code: "entries-missing", class: "auth", seq }]]);
      const part = await judge(bundleOf(sections, { complete: false }));
      expect([part.exit, part.notChecked.includes("excerpt")]).toEqual([0, true]);
    }
    const pruned = await judge(bundleOf([await sectionOf(log, { pruned: 10 })]));
    expect([pruned.exit, pruned.notChecked.includes("pruned")]).toEqual([0, true]);
  });

  it("cannot have entries that they call pruned", async () => {
    expect((await judge(bundleOf([await sectionOf(log, { start: 5, pruned: 6 })]))).exit).toBe(1);
  });

  it("of an empty tree or of no entry are valid when they were signed so", async () => {
    const empty = { class: "auth", leaves: [] };
    expect((await judge(bundleOf([await sectionOf(empty)]), anchorsOf(headOf(log, 0)))).exit).toBe(0);
    expect((await judge(bundleOf([await sectionOf(log, { pruned: 20 })]), anchorsOf(headOf(log)))).exit).toBe(
      0,
    );
    expect((await judge(bundleOf([await sectionOf(empty)]), anchorsOf(headOf(log, 4)))).exit).toBe(3);
  });
});
