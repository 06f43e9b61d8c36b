import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { type BundleSection, bundleWriter } from "./bundle.ts";
import { commitTo } from "./commitment.ts";
import { EXIT } from "./findings.ts";
import { bundleOf, INSTALLATION, key, leafText, leavesOf, sectionOf, TIME } from "./testing/log.ts";
import { type Report, verifyBundle } from "./verify.ts";

const pinned = [key.verifier];
const verify = (bytes: Buffer): Promise<Report> => verifyBundle([bytes], { pinned });
const exitOf = async (bytes: Buffer) => EXIT[(await verify(bytes)).verdict];
const linesOf = (bytes: Buffer) => bytes.toString("latin1").split(/(?<=\n)/);

/** What an attacker who knows the format does last: a trailer whose digest fits. */
function resealed(lines: string[]): Buffer {
  const body = Buffer.from(lines.slice(0, -1).join(""), "latin1");
  const digest = createHash("sha256").update(body).digest("hex");
  return Buffer.concat([body, Buffer.from(lines.at(-1)!.replace(/"[0-9a-f]{64}"/, `"${digest}"`), "latin1")]);
}

let small: Buffer;
let large: Buffer;

beforeAll(async () => {
  const auth = { class: "auth", leaves: leavesOf("auth", 2) };
  small = await bundleOf([await sectionOf(auth, { anchorSizes: [1] })]);
  const logs = { auth: 270, operation: 25, access: 5 };
  const sections = Object.entries(logs).map(([name, count]) =>
    sectionOf({ class: name, leaves: leavesOf(name, count) }, { anchorSizes: [1, count - 1, count] }),
  );
  large = await bundleOf(await Promise.all(sections));
});

describe("bundle", () => {
  it("is valid as it was written, in whatever pieces it arrives", async () => {
    const whole = await verify(large);
    expect(whole).toMatchObject({ verdict: "valid", findings: [], bytes: large.length });
    expect(whole.sections.map(({ entries, anchors }) => [entries, anchors.linked])).toEqual([
      [270, 3],
      [25, 3],
      [5, 3],
    ]);
    for (const length of [1, 7, 4096]) {
      const pieces = Array.from({ length: Math.ceil(large.length / length) }, (_, at) =>
        large.subarray(at * length, (at + 1) * length),
      );
      expect(await verifyBundle(pieces, { pinned })).toEqual(whole);
    }
  });

  it("is caught with any bit flipped", async () => {
    for (let bit = 0; bit < small.length * 8; bit++) {
      const damaged = Buffer.from(small);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      if ((await exitOf(damaged)) === 0) throw new Error(`bit ${bit} flipped and nothing found`);
    }
  }, 180_000);

  it("is caught with any bit of a section flipped, although the digest was made to fit", async () => {
    const lines = linesOf(small);
    for (let at = 1; at < lines.length - 1; at++) {
      const line = Buffer.from(lines[at]!, "latin1");
      for (let bit = 0; bit < line.length * 8; bit++) {
        const damaged = Buffer.from(line);
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        const exit = await exitOf(resealed(lines.with(at, damaged.toString("latin1"))));
        if (exit === 0) throw new Error(`bit ${bit} of line ${at + 1} flipped and nothing found`);
      }
    }
  }, 180_000);

  it("is incomplete when it is cut off at any byte, and unreadable when that is in its first line", async () => {
    const header = linesOf(small)[0]!.length;
    for (let length = 0; length < small.length; length++) {
      expect(await exitOf(small.subarray(0, length)), `cut at ${length}`).toBe(length < header ? 4 : 3);
    }
  });

  it.each([
    ["as it is", (lines: string[]) => Buffer.from(lines.join(""), "latin1")],
    ["with a digest that fits", resealed],
  ])(
    "is caught with any line omitted, doubled or swapped with the next one, %s",
    async (_, seal) => {
      const lines = linesOf(large);
      for (let at = 0; at < lines.length; at++) {
        const damages = { doubled: lines.toSpliced(at, 0, lines[at]!), omitted: lines.toSpliced(at, 1) };
        const swapped = lines
          .with(at, lines[at + 1] ?? "")
          .with(at + 1 < lines.length ? at + 1 : at, lines[at]!);
        for (const [name, damaged] of Object.entries({
          ...damages,
          ...(at + 1 < lines.length && { swapped }),
        })) {
          if ((await exitOf(seal(damaged))) === 0)
            throw new Error(`line ${at + 1} ${name} and nothing found`);
        }
      }
    },
    120_000,
  );

  it.each([
    ["nothing", "", 4],
    ["no bundle", "hello\n", 4],
    ["another format", '{"format":"toban-audit-bundle/2"}\n', 4],
    ["binary", "\u00ff\u00fe\u0000\n", 4],
  ])("that is %s has its own exit", async (_, text, exit) => {
    expect(await exitOf(Buffer.from(text, "latin1"))).toBe(exit);
  });

  it("without any section shows nothing and is incomplete", async () => {
    const report = await verify(await bundleOf([]));
    expect(report).toMatchObject({ verdict: "incomplete", findings: [{ code: "no-sections" }] });
  });

  it("has nothing after its end", async () => {
    expect(await exitOf(Buffer.concat([large, Buffer.from("x")]))).toBe(1);
    expect(await exitOf(Buffer.concat([large, Buffer.from("\n")]))).toBe(1);
    expect(await exitOf(Buffer.concat([large, large]))).toBe(1);
  });

  it("without the last entries or the last section is incomplete", async () => {
    const lines = linesOf(large);
    const access = lines.findIndex((line) => line.includes('"section":"access"'));
    const fewer = lines.at(-1)!.replace('"sections":3', '"sections":2');
    const report = await verify(resealed([...lines.slice(0, access), fewer]));
    expect(report).toMatchObject({
      verdict: "incomplete",
      findings: [{ code: "section-missing", class: "access" }],
    });
    const short = await verify(resealed(lines.toSpliced(-4, 2)));
    expect(short).toMatchObject({
      verdict: "incomplete",
      findings: [{ code: "entries-missing", class: "access", seq: 3 }],
    });
  });
});

describe("an altered entry", () => {
  const log = { class: "auth", leaves: leavesOf("auth", 300) };
  const altered = leafText("auth", 280, { result: "failure" });

  it("is named, with a digest that fits and hashes as they were sealed", async () => {
    const lines = linesOf(await bundleOf([await sectionOf(log)]));
    const at = lines.findIndex((line) => line.includes('"seq":280}'));
    const bytes = resealed(lines.with(at, lines[at]!.replace("success", "failure")));
    expect(await verify(bytes)).toMatchObject({
      verdict: "invalid",
      findingsTotal: 1,
      findings: [{ code: "altered", class: "auth", seq: 280 }],
    });
  });

  it("is named when the exporter's database has it altered and gives the sealed hash", async () => {
    const section = await sectionOf(log);
    const hashes = (await sectionOf(log)).leaves as { seq: number; leaf: string }[];
    const { leafHashOfText } = await import("./merkle.ts");
    section.leaves = hashes.map(({ seq, leaf }) => ({
      seq,
      leaf: seq === 280 ? altered : Buffer.from(leaf),
      hash: leafHashOfText(leaf),
    }));
    expect((await verify(await bundleOf([section]))).findings).toEqual([
      { code: "altered", class: "auth", seq: 280 },
    ]);
  });

  it("breaks the root when its hash was made to fit too; anchors narrow it down", async () => {
    const section = await sectionOf(log, { anchorSizes: [100, 270, 290] });
    section.leaves = log.leaves.with(280, altered).map((leaf, seq) => ({ seq, leaf }));
    const { verdict, findings } = await verify(await bundleOf([section]));
    expect(verdict).toBe("invalid");
    expect(findings).toEqual([
      { code: "root", class: "auth", detail: "anchors show it between 270 and 290" },
    ]);
  });

  it.each([
    ["an unknown field", { extra: 1 }],
    ["another version", { v: 2 }],
    ["a day that does not exist", { ts: "2026-02-30T00:00:00.000000Z" }],
    ["another tenant", { tenantId: "other" }],
    ["another class", { class: "admin" }],
    ["a number for a text", { actorId: 1 }],
    ["a list for details", { details: [] }],
  ])("with %s is refused even when it was sealed so", async (_, over) => {
    const leaves = log.leaves.slice(0, 5).with(3, leafText("auth", 3, over));
    const bytes = await bundleOf([await sectionOf({ class: "auth", leaves })]);
    expect((await verify(bytes)).findings).toMatchObject([{ code: "leaf", class: "auth", seq: 3 }]);
  });

  it("that is not canonical is refused even when it was sealed so", async () => {
    const leaves = log.leaves.slice(0, 5).with(3, leafText("auth", 3).replace('"v":1', '"v": 1'));
    const bytes = await bundleOf([await sectionOf({ class: "auth", leaves })]);
    expect((await verify(bytes)).findings).toMatchObject([{ code: "leaf", seq: 3 }]);
  });
});

describe("a personal value", () => {
  const salt = Buffer.alloc(32, 9);
  const commitment = commitTo("花子", salt);
  const reveal = { commitment, value: "花子", salt: salt.toString("base64") };
  const leaves = [leafText("auth", 0, { actorId: `person:${commitment}` })];
  const bundle = async (shown: typeof reveal) =>
    bundleOf([await sectionOf({ class: "auth", leaves }, { reveals: [shown] })]);

  it("is proven by its commitment in the entry", async () => {
    expect(await verify(await bundle(reveal))).toMatchObject({
      verdict: "valid",
      sections: [{ reveals: 1 }],
    });
  });

  it.each([
    ["value", { value: "太郎" }],
    ["salt", { salt: Buffer.alloc(32, 8).toString("base64") }],
    ["salt's length", { salt: Buffer.alloc(16).toString("base64") }],
    ["commitment", { commitment: commitTo("花", salt), value: "花" }],
    ["empty commitment", { commitment: "" }],
  ])("is refused with another %s", async (_, over) => {
    const { verdict, findings } = await verify(await bundle({ ...reveal, ...over }));
    expect(verdict).toBe("invalid");
    expect(findings).toMatchObject([{ code: "reveal", class: "auth", seq: 0 }]);
  });
});

describe("writer", () => {
  const header = { installation: INSTALLATION, tenant: "acme", exportedAt: TIME, complete: true };
  const keys = { verifiers: [key.verifier], certificates: [], classes: ["auth"] };
  const write = async (over: Partial<BundleSection>, sections = 1) => {
    const section = { ...(await sectionOf({ class: "auth", leaves: leavesOf("auth", 4) })), ...over };
    const given = Array.from({ length: sections }, () => section);
    for await (const _ of bundleWriter({ header: { ...header, ...keys }, sections: given }));
  };

  it("takes a section as announced", async () => {
    await expect(write({})).resolves.toBeUndefined();
  });

  it.each([
    [
      "a gap",
      {
        leaves: [
          { seq: 0, leaf: "{}" },
          { seq: 2, leaf: "{}" },
        ],
      },
    ],
    ["too few entries", { leaves: [{ seq: 0, leaf: "{}" }] }],
    ["an entry too many", { leaves: Array.from({ length: 5 }, (_, seq) => ({ seq, leaf: "{}" })) }],
    ["another class", { class: "admin" }],
    ["a proof that does not fit", { left: [Buffer.alloc(32)] }],
  ])("refuses a section with %s", async (_, over) => {
    await expect(write(over)).rejects.toThrow(RangeError);
  });

  it("refuses more or fewer sections than announced", async () => {
    await expect(write({}, 0)).rejects.toThrow(RangeError);
    await expect(write({}, 2)).rejects.toThrow(RangeError);
  });
});
