import { describe, expect, it } from "vitest";
import {
  consistencyProof,
  EMPTY_ROOT,
  emptyFrontier,
  extendFrontier,
  extendFrontierBy,
  frontierFromBytes,
  frontierRoot,
  frontierToBytes,
  hashSourceOf,
  inclusionProof,
  leafHash,
  nodeHash,
  rangeProof,
  rootOfRange,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
  widthsBetween,
} from "./merkle.ts";

// The leaves and roots of the reference tests of Certificate Transparency (also in transparency-dev/merkle).
const LEAVES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const INCLUSION: [number, number, string[]][] = [
  [0, 1, []],
  [
    0,
    8,
    [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  ],
  [
    5,
    8,
    [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  ],
  [2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]],
  [
    1,
    5,
    [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  ],
];
const CONSISTENCY: [number, number, string[]][] = [
  [1, 1, []],
  [1, 8, INCLUSION[1]![2]],
  [
    6,
    8,
    [
      "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  ],
  [
    2,
    5,
    [
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  ],
];

const hex = (text: string) => Buffer.from(text, "hex");
const known = LEAVES.map((leaf) => leafHash(hex(leaf)));
const leaves = Array.from({ length: 64 }, (_, index) => leafHash(Buffer.from(`leaf ${index}`)));
const source = hashSourceOf(leaves);
const roots = Array.from({ length: 65 }, (_, size) => rootByDefinition(leaves.slice(0, size)));
const flipped = (hash: Buffer) => Buffer.from(hash.map((byte, index) => (index === 0 ? byte ^ 1 : byte)));

/** RFC 6962 §2.1, word for word: what the streaming computation must equal. */
function rootByDefinition(hashes: Buffer[]): Buffer {
  if (hashes.length === 0) return EMPTY_ROOT;
  if (hashes.length === 1) return hashes[0]!;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return nodeHash(rootByDefinition(hashes.slice(0, split)), rootByDefinition(hashes.slice(split)));
}

/** The proof with each of the damages that a verifier must notice. */
function damaged(proof: Buffer[], root: Buffer): Buffer[][] {
  const altered = proof.map((_, at) => proof.map((hash, index) => (index === at ? flipped(hash) : hash)));
  const shorter = proof.length === 0 ? [] : [proof.slice(1), proof.slice(0, -1)];
  const longer = [Buffer.alloc(32), root, EMPTY_ROOT].flatMap((hash) => [
    [hash, ...proof],
    [...proof, hash],
  ]);
  const cut = proof.length === 0 ? [] : [[...proof.slice(0, -1), proof.at(-1)!.subarray(1)]];
  const reversed = [...proof].reverse();
  const swapped = reversed.every((hash, index) => hash.equals(proof[index]!)) ? [] : [reversed];
  return [...altered, ...shorter, ...longer, ...cut, ...swapped];
}

describe("Merkle tree", () => {
  it("has the known roots for every number of the known leaves", () => {
    expect(ROOTS.map((_, size) => treeRoot(known.slice(0, size)).toString("hex"))).toEqual(ROOTS);
  });

  it.each(INCLUSION)(
    "proves the known leaf %i in the known tree of %i with the known proof",
    async (index, size, want) => {
      const proof = await inclusionProof(hashSourceOf(known), index, size);
      expect(proof.map((hash) => hash.toString("hex"))).toEqual(want);
      const claim = { leafHash: known[index]!, index, size, proof, root: hex(ROOTS[size]!) };
      expect(verifyInclusion(claim)).toBe(true);
    },
  );

  it.each(CONSISTENCY)(
    "proves the known trees of %i and %i consistent with the known proof",
    async (first, second, want) => {
      const proof = await consistencyProof(hashSourceOf(known), first, second);
      expect(proof.map((hash) => hash.toString("hex"))).toEqual(want);
      const claim = { first, second, proof, firstRoot: hex(ROOTS[first]!), secondRoot: hex(ROOTS[second]!) };
      expect(verifyConsistency(claim)).toBe(true);
    },
  );

  it("grows leaf by leaf to the root that the definition gives, also through bytes", () => {
    let frontier = emptyFrontier();
    for (const [index, leaf] of leaves.entries()) {
      frontier = frontierFromBytes(index, frontierToBytes(frontier));
      expect(frontierRoot(extendFrontier(frontier, leaf))).toEqual(roots[index + 1]);
    }
    expect(() => frontierFromBytes(63, frontierToBytes(frontier))).toThrow(RangeError);
    expect(() => extendFrontierBy({ size: 1, nodes: [leaves[0]!] }, leaves[1]!, 2)).toThrow(RangeError);
  });

  it("keeps leaves and nodes apart, and takes only whole hashes as nodes", () => {
    expect(leafHash(Buffer.concat([leaves[0]!, leaves[1]!]))).not.toEqual(nodeHash(leaves[0]!, leaves[1]!));
    expect(() => nodeHash(leaves[0]!.subarray(1), leaves[1]!)).toThrow(RangeError);
  });

  it("splits sizes beyond 32 bits into aligned subtrees", () => {
    expect(widthsBetween(0, 2 ** 40 + 3)).toEqual([2 ** 40, 2, 1]);
    expect(widthsBetween(2 ** 40 - 1, 2 ** 40 + 2)).toEqual([1, 2]);
    expect(() => widthsBetween(0, 2 ** 54)).toThrow(RangeError);
  });
});

describe("inclusion", () => {
  it("is proven for every leaf of every tree, and no damaged claim is", async () => {
    let probes = 0;
    const refused = (claim: Parameters<typeof verifyInclusion>[0]) => {
      probes++;
      if (verifyInclusion(claim)) throw new Error(`accepted ${JSON.stringify(claim)}`);
    };
    for (let size = 1; size <= 64; size++) {
      const root = roots[size]!;
      for (let index = 0; index < size; index++) {
        const proof = await inclusionProof(source, index, size);
        const claim = { leafHash: leaves[index]!, index, size, proof, root };
        expect(verifyInclusion(claim)).toBe(true);
        for (const bad of damaged(proof, root)) refused({ ...claim, proof: bad });
        for (let other = 0; other < size + 2; other++)
          if (other !== index) refused({ ...claim, index: other });
        for (const other of [-1, 0.5, Number.NaN, index + 2 ** 32, 2 ** 53])
          refused({ ...claim, index: other });
        refused({ ...claim, leafHash: flipped(leaves[index]!) });
        refused({ ...claim, root: flipped(root) });
        refused({ ...claim, root: EMPTY_ROOT });
        if (size > 1) refused({ ...claim, leafHash: root, root: leaves[index]! });
      }
      refused({ leafHash: root, index: 0, size: 0, proof: [], root });
    }
    expect(probes).toBeGreaterThan(100_000);
  });

  it("is refused for another tree's size whenever its root is another one", async () => {
    for (let size = 1; size <= 64; size++) {
      const proof = await inclusionProof(source, size - 1, size);
      const claim = { leafHash: leaves[size - 1]!, index: size - 1, proof };
      for (let other = 0; other <= 64; other++) {
        if (other !== size)
          expect(verifyInclusion({ ...claim, size: other, root: roots[other]! })).toBe(false);
      }
    }
  });
});

describe("consistency", () => {
  it("is proven between all sizes, and no damaged claim is", async () => {
    let probes = 0;
    const refused = (claim: Parameters<typeof verifyConsistency>[0]) => {
      probes++;
      if (verifyConsistency(claim)) throw new Error(`accepted ${JSON.stringify(claim)}`);
    };
    for (let second = 0; second <= 64; second++) {
      for (let first = 0; first <= second; first++) {
        const proof = await consistencyProof(source, first, second);
        const [firstRoot, secondRoot] = [roots[first]!, roots[second]!];
        const claim = { first, second, firstRoot, secondRoot, proof };
        expect(verifyConsistency(claim)).toBe(true);
        for (const bad of damaged(proof, secondRoot)) refused({ ...claim, proof: bad });
        for (let other = 0; other <= second; other++) {
          if (other === first) continue;
          refused({ ...claim, first: other });
          refused({ ...claim, firstRoot: roots[other]! });
        }
        if (first !== second) refused({ ...claim, firstRoot: secondRoot, secondRoot: firstRoot });
        if (first > 0) refused({ ...claim, secondRoot: flipped(secondRoot) });
        refused({ ...claim, firstRoot: flipped(firstRoot) });
        if (second > first) refused({ ...claim, first: second, second: first });
        for (const other of [-1, first + 0.5, Number.NaN]) refused({ ...claim, first: other });
      }
    }
    expect(probes).toBeGreaterThan(100_000);
  });
});

describe("range", () => {
  it("gives the root from every range of every tree, and another one when a leaf is altered or missing", async () => {
    for (let size = 0; size <= 33; size++) {
      for (let start = 0; start <= size; start++) {
        for (let end = start; end <= size; end++) {
          const proof = await rangeProof(source, start, end, size);
          const range = { start, end, size, leafHashes: leaves.slice(start, end), ...proof };
          expect(rootOfRange(range)).toEqual(roots[size]);
          if (end === start) continue;
          const { leafHashes } = range;
          const swapped = [...leafHashes.slice(1), leafHashes[0]!];
          if (swapped.length > 1)
            expect(rootOfRange({ ...range, leafHashes: swapped })).not.toEqual(roots[size]);
          const altered = [flipped(leafHashes[0]!), ...leafHashes.slice(1)];
          expect(rootOfRange({ ...range, leafHashes: altered })).not.toEqual(roots[size]);
          expect(() => rootOfRange({ ...range, leafHashes: leafHashes.slice(1) })).toThrow(RangeError);
          expect(() => rootOfRange({ ...range, left: [...range.left, EMPTY_ROOT] })).toThrow(RangeError);
          expect(() => rootOfRange({ ...range, right: [...range.right, EMPTY_ROOT] })).toThrow(RangeError);
        }
      }
    }
  });

  it("cannot hide its first or last leaf in the nodes beside it", async () => {
    for (let size = 1; size <= 33; size++) {
      const { left, right } = await rangeProof(source, 0, size, size);
      const shorter = {
        start: 0,
        end: size - 1,
        size: size - 1,
        leafHashes: leaves.slice(0, size - 1),
        left,
        right,
      };
      expect(rootOfRange(shorter)).not.toEqual(roots[size]);
    }
    await expect(rangeProof(source, 3, 2, 8)).rejects.toThrow(RangeError);
    await expect(rangeProof(source, 2, 9, 8)).rejects.toThrow(RangeError);
  });
});
