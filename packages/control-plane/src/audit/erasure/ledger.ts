import { createHmac } from "node:crypto";
import { mkdir, open, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { invalid, unavailable } from "../../platform/errors.ts";
import { syncFolder } from "../../platform/files.ts";

/** One request of one tenant. The subject is a keyed digest: the ledger must not bring back what was erased. */
export type LedgerEntry = {
  id: string;
  tenant: string;
  subjectDigest: string;
  /** Who asked, as a pseudonym. */
  requestedBy: string;
  requestedAt: string;
  completedAt: string | null;
};

/** Of one home: `<folder>/<tenant>.jsonl`. A line per request and, when it is done, one more; nothing is rewritten. */
export type Ledger = {
  digestOf(tenant: string, subject: string): string;
  append(entry: LedgerEntry): Promise<void>;
  tenants(): Promise<string[]>;
  /** In the order of the requests, each as its newest line has it. */
  read(tenant: string): Promise<LedgerEntry[]>;
};

type Line = LedgerEntry & { v: 1; key: string };

export function openLedger(folder: string, key: string): Ledger {
  const digest = (text: string) => createHmac("sha256", key).update(text).digest("base64url");
  // Says which key the digests were made with, and nothing about it.
  const keyId = digest("toban/erasure-key/v1").slice(0, 12);
  const fileOf = (tenant: string) => path.join(folder, `${encodeURIComponent(tenant)}.jsonl`);
  let appending: Promise<unknown> = Promise.resolve();
  const append = async (entry: LedgerEntry) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await appendLine(fileOf(entry.tenant), JSON.stringify({ v: 1, key: keyId, ...entry } satisfies Line));
    await syncFolder(folder);
  };
  return {
    digestOf: (tenant, subject) => digest(`${tenant}\0${subject}`),
    append(entry) {
      // One after the other: where a line may begin depends on how the file ends.
      const appended = appending.then(() => append(entry));
      appending = appended.catch(() => {});
      return appended;
    },
    async tenants() {
      const names = await unlessMissing(readdir(folder), [], folder);
      return names
        .filter((name) => name.endsWith(".jsonl"))
        .map((name) => decodeURIComponent(name.slice(0, -".jsonl".length)))
        .sort();
    },
    async read(tenant) {
      const file = fileOf(tenant);
      const text = await unlessMissing(readFile(file, "utf8"), "", file);
      const entries = new Map<string, LedgerEntry>();
      for (const { v, key: madeWith, ...entry } of parseLines(text, file)) {
        if (madeWith !== keyId) throw keyLost(file);
        if (entry.tenant !== tenant) throw damaged(file, "it names another tenant");
        entries.set(entry.id, entry);
      }
      return [...entries.values()];
    },
  };
}

function parseLines(text: string, file: string): Line[] {
  const lines = text.split("\n");
  // What follows the last line break is empty, or was being written when the process died.
  const torn = lines.pop()!;
  const parsed = lines.map((line, index) => {
    const found = parseLine(line);
    if (!found) throw damaged(file, `line ${index + 1} is no entry`);
    return found;
  });
  const last = parseLine(torn);
  return last ? [...parsed, last] : parsed;
}

function parseLine(line: string): Line | undefined {
  try {
    const { v, key, id, tenant, subjectDigest, requestedBy, requestedAt, completedAt } = JSON.parse(line);
    const texts = [key, id, tenant, subjectDigest, requestedBy, requestedAt, completedAt ?? ""];
    if (v !== 1 || !texts.every((text) => typeof text === "string")) return undefined;
    if ([requestedAt, completedAt ?? requestedAt].some((at) => Number.isNaN(Date.parse(at))))
      return undefined;
    return { v, key, id, tenant, subjectDigest, requestedBy, requestedAt, completedAt: completedAt ?? null };
  } catch {
    return undefined;
  }
}

/** On a line of its own even after a torn one, which is cut off: it was never acknowledged. */
async function appendLine(file: string, line: string): Promise<void> {
  const handle = await open(file, "a+", 0o600);
  try {
    const bytes = await handle.readFile();
    const end = bytes.lastIndexOf(0x0a) + 1;
    const rest = bytes.subarray(end).toString();
    const isWhole = rest !== "" && parseLine(rest) !== undefined;
    if (rest !== "" && !isWhole) await handle.truncate(end);
    await handle.appendFile(`${isWhole ? "\n" : ""}${line}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function unlessMissing<T>(work: Promise<T>, missing: T, what: string): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return missing;
    throw unavailable(
      "erasure_ledger_unreadable",
      `The erasure ledger ${what} cannot be read.`,
      "Give this user the right to read it. Without it nobody knows what a restored database must not bring back.",
      cause,
    );
  }
}

const damaged = (file: string, what: string) =>
  invalid(
    "erasure_ledger_damaged",
    `The erasure ledger ${file} is damaged: ${what}.`,
    "Restore the file from a copy. Toban does not serve without it: erased people could come back from a backup.",
  );

const keyLost = (file: string) =>
  invalid(
    "erasure_key_changed",
    `The digests in ${file} were made with another key than the secret erasure-key.`,
    "Restore secrets.json of this home: without its key the ledger cannot tell who was erased.",
  );
