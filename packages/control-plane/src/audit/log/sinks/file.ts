import { mkdir, open, readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { bug } from "../../../platform/errors.ts";
import { syncFolder } from "../../../platform/files.ts";
import type { Anchor, AnchorSink, KeyRecord } from "../types.ts";

const TENANT = /^[a-z0-9][a-z0-9-]{0,62}$/;
const MONTH = /^\d{4}-\d\d\.jsonl$/;
/** The end of a file that is read for its last lines: over a hundred anchors. */
const TAIL_BYTES = 64 * 1024;

/**
 * Keeps anchors in files that are only ever appended to: `<folder>/<tenant>/<class>/<year-month>.jsonl`, a line
 * `{ at, note }` each. Put it on another disk, or where the control plane's role may append and not rewrite.
 */
export function fileSink(folder: string, name: string): AnchorSink {
  const cache = new Map<string, { mark: string; note: string | undefined }>();
  return {
    name,
    isLocal: true,
    async append({ tenant, class: auditClass, note, at }: Anchor) {
      const file = path.join(folderOf(folder, tenant, auditClass), `${at.toISOString().slice(0, 7)}.jsonl`);
      await appendLine(file, JSON.stringify({ at: at.toISOString(), note }));
    },
    async last(tenant, auditClass) {
      const inside = folderOf(folder, tenant, auditClass);
      const months = (await namesIn(inside)).filter((month) => MONTH.test(month)).sort();
      // A month whose only line is torn has nothing to say; the one before it has.
      for (const month of months.reverse()) {
        const file = path.join(inside, month);
        const { size, mtimeMs, ino } = await stat(file);
        const mark = `${ino}/${size}/${mtimeMs}`;
        let known = cache.get(file);
        if (known?.mark !== mark) {
          known = { mark, note: largest(await readTail(file)) };
          cache.set(file, known);
        }
        if (known.note !== undefined) return known.note;
      }
      return undefined;
    },
    async publishKeys(keys: KeyRecord[], at: Date) {
      const file = path.join(folder, "keys.jsonl");
      const known = await readFile(file, "utf8").catch(() => "");
      for (const { verifier, certificate } of keys) {
        if (known.includes(JSON.stringify(verifier))) continue;
        await appendLine(file, JSON.stringify({ at: at.toISOString(), verifier, certificate }));
      }
    },
  };
}

function folderOf(folder: string, tenant: string, auditClass: string): string {
  if (!TENANT.test(tenant))
    throw bug("tenant_invalid", `"${tenant}" is no tenant.`, "Report it as a defect.");
  return path.join(folder, tenant, auditClass);
}

/** On disk when it resolves. What a crash left of a line before it is closed off first. */
async function appendLine(file: string, line: string): Promise<void> {
  const created = await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, "a+", 0o600);
  try {
    const { size } = await handle.stat();
    const end = Buffer.alloc(1);
    if (size > 0) await handle.read(end, 0, 1, size - 1);
    const isTorn = size > 0 && end.toString() !== "\n";
    await handle.appendFile(`${isTorn ? "\n" : ""}${line}\n`);
    await handle.datasync();
    // A new file is not there after a power cut before its folder is on disk, and so on upwards.
    if (size === 0)
      await syncFolders(path.dirname(file), created ? path.dirname(created) : path.dirname(file));
  } finally {
    await handle.close();
  }
}

async function syncFolders(from: string, upTo: string): Promise<void> {
  for (let folder = from; ; folder = path.dirname(folder)) {
    await syncFolder(folder);
    if (folder === upTo || folder === path.dirname(folder)) return;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function readTail(file: string): Promise<string[]> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const lines = buffer.toString("utf8", 0, bytesRead).split("\n");
    return from === 0 ? lines : lines.slice(1);
  } finally {
    await handle.close();
  }
}

/** Two replicas may append in either order, so the last line need not be of the largest tree. */
function largest(lines: string[]): string | undefined {
  let best: { note: string; size: number } | undefined;
  for (const line of lines) {
    const note = noteIn(line);
    if (note === undefined) continue;
    const size = Number(note.split("\n")[1] ?? "");
    // A note without a size is handed on too: the reader says that it is not ours.
    if (!(size <= (best?.size ?? -1))) best = { note, size };
  }
  return best?.note;
}

/** A line that was torn by a crash is not one. */
function noteIn(line: string): string | undefined {
  try {
    const { note } = JSON.parse(line);
    return typeof note === "string" ? note : undefined;
  } catch {
    return undefined;
  }
}
