import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { verifyBundle } from "@toban/verify";
import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import { bug } from "../../platform/errors.ts";
import { syncFolder } from "../../platform/files.ts";
import { type BundleKeys, writeBundle } from "../export/bundle.ts";
import type { ExportRange } from "../export/ranges.ts";

export type ArchiveDeps = { db: Database; keys: BundleKeys; folder: string };

const COMMITMENT = /~[A-Za-z0-9_-]{43}/g;

/** A bundle of the range, on the disk for good and verified; returns its digest. Personal values are not in it. */
export async function archiveRange(
  deps: ArchiveDeps,
  ctx: Ctx,
  range: ExportRange,
): Promise<{ file: string; digest: string }> {
  const { class: class_, start, end } = range;
  const name = path.join(encodeURIComponent(ctx.tenant), class_, `${start}-${end}.jsonl`);
  const file = path.join(deps.folder, name);
  const temporary = `${file}.part`;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await rm(temporary, { force: true });
  const handle = await open(temporary, "wx", 0o600);
  try {
    for await (const chunk of writeBundle(deps, ctx, [range], { complete: false, reveal: false })) {
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  const { verdict, sections, findings } = await verifyBundle(createReadStream(temporary), {
    pinned: deps.keys.verifiers(),
  });
  const [section] = sections;
  if (verdict !== "valid" || section?.start !== start || section.end !== end) {
    throw bug(
      "audit_archive_invalid",
      `The archive of ${class_} ${start} to ${end - 1} is ${verdict}${findings[0] ? ` (${findings[0].code})` : ""}.`,
      "Nothing was pruned. Start a full verification: `toban audit verify --full`.",
    );
  }
  const digest = (await digestOf(temporary))!;
  await rename(temporary, file);
  await syncFolder(path.dirname(file));
  return { file: name, digest };
}

export async function digestOf(file: string): Promise<string | undefined> {
  const digest = createHash("sha256");
  try {
    for await (const chunk of createReadStream(file)) digest.update(chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return digest.digest("hex");
}

/** The commitments in the archive's leaves, some at a time; none when the file is gone. */
export async function* commitmentsIn(file: string): AsyncGenerator<string[]> {
  if ((await digestOf(file)) === undefined) return;
  let found = new Set<string>();
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (!line.startsWith('{"leaf":')) continue;
    for (const commitment of commitmentsOf(line)) found.add(commitment);
    if (found.size < 2_000) continue;
    yield [...found];
    found = new Set();
  }
  yield [...found];
}

export const commitmentsOf = (text: string): string[] => text.match(COMMITMENT) ?? [];
