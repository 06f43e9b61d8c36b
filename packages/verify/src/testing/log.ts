// Small audit logs with real keys, hashes and proofs, and bundles of them.
import { type BundleHeader, type BundleLeaf, type BundleSection, bundleWriter } from "../bundle.ts";
import { canonicalJson } from "../canonical.ts";
import { formatCheckpoint } from "../checkpoint.ts";
import { consistencyProof, hashSourceOf, leafHashOfText, rangeProof, treeRoot } from "../merkle.ts";
import { createSigningKey, type SigningKey, signNote } from "../note.ts";

export const INSTALLATION = "toban-0a1b2c3d";
export const key = createSigningKey(INSTALLATION, Buffer.alloc(32, 1));
export const TIME = "2026-11-20T10:00:00.000000Z";

export const leafText = (name: string, seq: number, over: object = {}): string =>
  canonicalJson({
    action: "thing.changed",
    actorId: "task:test",
    class: name,
    correlationId: `c-${seq}`,
    details: { seq, 名: "値" },
    id: `01ABC-${name}-${seq}`,
    resource: `thing/${seq}`,
    result: "success",
    sourceIp: null,
    tenantId: "acme",
    ts: "2026-11-19T01:02:03.000004Z",
    v: 1,
    ...over,
  });

export const leavesOf = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, seq) => leafText(name, seq));

export type Log = { class: string; leaves: string[] };

/** The signed head of the log's first `size` entries. */
export function headOf(
  { class: name, leaves }: Log,
  size = leaves.length,
  keys: SigningKey[] = [key],
): string {
  const root = treeRoot(leaves.slice(0, size).map(leafHashOfText));
  const origin = `${keys[0]!.name}/acme/${name}`;
  return signNote(formatCheckpoint({ origin, size, root, extensions: [`time ${TIME}`] }), keys);
}

export type SectionOptions = {
  start?: number;
  end?: number;
  size?: number;
  anchorSizes?: number[];
  keys?: SigningKey[];
  pruned?: number;
  reveals?: BundleLeaf["reveals"];
};

export async function sectionOf(log: Log, options: SectionOptions = {}): Promise<BundleSection> {
  const { size = log.leaves.length, keys, pruned, reveals } = options;
  const { start = pruned ?? 0, end = size, anchorSizes = [] } = options;
  const source = hashSourceOf(log.leaves.slice(0, size).map(leafHashOfText));
  const anchors = anchorSizes.map(async (first) => ({
    note: headOf(log, first, keys),
    proof: await consistencyProof(source, first, size),
  }));
  return {
    class: log.class,
    start,
    end,
    size,
    checkpoint: headOf(log, size, keys),
    ...(await rangeProof(source, start, end, size)),
    anchors: await Promise.all(anchors),
    ...(pruned !== undefined && { pruned: { before: pruned } }),
    leaves: log.leaves.slice(start, end).map((leaf, index) => ({
      seq: start + index,
      leaf,
      ...(index === 0 && reveals && { reveals }),
    })),
  };
}

export async function bundleOf(
  sections: BundleSection[],
  header: Partial<BundleHeader> = {},
): Promise<Buffer> {
  const full: BundleHeader = {
    installation: INSTALLATION,
    tenant: "acme",
    exportedAt: TIME,
    complete: true,
    verifiers: [key.verifier],
    certificates: [],
    classes: sections.map((section) => section.class),
    ...header,
  };
  const chunks: Buffer[] = [];
  for await (const chunk of bundleWriter({ header: full, sections })) chunks.push(chunk);
  return Buffer.concat(chunks);
}
