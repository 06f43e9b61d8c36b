import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { type TobanError, unavailable } from "../platform/errors.ts";
import { syncFolder } from "../platform/files.ts";

const SUFFIX = ".segment";
/** The name of a segment whose insert has begun: what an earlier process left may be stored in part. */
const BEGUN = ".inserting";

export type SealedSegment = { id: string; file: string; bytes: number; sealedAt: Date; begun: boolean };

export type SpoolOptions = {
  folder: string;
  clock: { now(): Date };
  /** Unique for ever: the store uses it to tell a repeated insert from a new one. */
  newId(): string;
  maxBytes: number;
  /** A segment is handed on when it is this old or this large. */
  sealAfterMs: number;
  sealBytes: number;
  onSealed(segment: SealedSegment): void;
};

export type Spool = {
  /** Resolves when the record is on disk. Refuses with `telemetry_full` or `telemetry_not_writable`. */
  append(record: Buffer): Promise<void>;
  /** Hands on what has been written so far. */
  seal(): Promise<void>;
  /** Notes on disk that the store may have some of the segment from now on. */
  begin(segment: SealedSegment): Promise<void>;
  /** The segment's rows are in the store. */
  remove(segment: SealedSegment): Promise<void>;
  /** The store can never take this segment: kept aside for a person. */
  setAside(segment: SealedSegment): Promise<void>;
  status(): { bytes: number; maxBytes: number; lastError: string | null };
  close(): Promise<void>;
};

type Pending = { record: Buffer; resolve(): void; reject(error: TobanError): void };
type Current = { id: string; file: string; handle: FileHandle; bytes: number; timer: NodeJS.Timeout };

/** Opens the spool and hands on every segment that an earlier process left. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { folder, clock } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let bytes = 0;
  let lastError: string | null = null;
  let current: Current | null = null;
  let waiting: Pending[] = [];
  let sealers: (() => void)[] = [];
  let sealDue = false;
  let running: Promise<void> | null = null;
  let closed = false;

  for (const name of (await readdir(folder)).sort()) {
    const suffix = path.extname(name);
    if (suffix !== SUFFIX && suffix !== BEGUN) continue;
    const file = path.join(folder, name);
    const { size } = await stat(file);
    bytes += size;
    const begun = suffix === BEGUN;
    options.onSealed({ id: path.basename(name, suffix), file, bytes: size, sealedAt: clock.now(), begun });
  }

  /** One writer: everybody who waits shares one write and one fdatasync. */
  function work(): Promise<void> {
    running ??= (async () => {
      while (waiting.length > 0 || sealDue || sealers.length > 0) {
        const batch = waiting;
        waiting = [];
        if (batch.length > 0) await commit(batch);
        if (sealDue || sealers.length > 0 || (current && current.bytes >= options.sealBytes)) {
          const done = sealers;
          sealers = [];
          sealDue = false;
          await sealCurrent();
          for (const resolve of done) resolve();
        }
      }
    })().finally(() => {
      running = null;
    });
    return running;
  }

  async function commit(batch: Pending[]): Promise<void> {
    const size = batch.reduce((sum, { record }) => sum + record.length, 0);
    try {
      current ??= await create();
      await writeAll(
        current.handle,
        batch.map(({ record }) => record),
      );
      await current.handle.datasync();
      current.bytes += size;
      lastError = null;
      for (const { resolve } of batch) resolve();
    } catch (cause) {
      bytes -= size;
      lastError = cause instanceof Error ? cause.message : String(cause);
      // Nothing is ever appended behind a write that failed.
      await current?.handle.truncate(current.bytes).catch(() => {});
      await sealCurrent();
      const refusal = unavailable(
        "telemetry_not_writable",
        "The telemetry spool cannot be written.",
        "Check free space and permissions of the telemetry folder; exporters will send again.",
        cause,
      );
      for (const { reject } of batch) reject(refusal);
    }
  }

  async function create(): Promise<Current> {
    const id = options.newId();
    const file = path.join(folder, `${id}${SUFFIX}`);
    const handle = await open(file, "ax", 0o600);
    await syncFolder(folder);
    const timer = setTimeout(() => {
      sealDue = true;
      void work();
    }, options.sealAfterMs);
    return { id, file, handle, bytes: 0, timer };
  }

  async function sealCurrent(): Promise<void> {
    if (!current) return;
    const { id, file, handle, bytes: size, timer } = current;
    current = null;
    clearTimeout(timer);
    await handle.close().catch(() => {});
    if (size > 0) options.onSealed({ id, file, bytes: size, sealedAt: clock.now(), begun: false });
    else await rm(file, { force: true }).catch(() => {});
  }

  return {
    append(record) {
      if (closed || bytes + record.length > options.maxBytes) {
        const reason = closed
          ? "Toban is stopping."
          : "The telemetry spool is full: the store takes data too slowly.";
        return Promise.reject(
          unavailable("telemetry_full", reason, "Send again later; check the state of the telemetry store."),
        );
      }
      bytes += record.length;
      return new Promise((resolve, reject) => {
        waiting.push({ record, resolve, reject });
        void work();
      });
    },
    seal() {
      return new Promise((resolve) => {
        sealers.push(resolve);
        void work();
      });
    },
    async begin(segment) {
      if (segment.begun) return;
      const file = path.join(folder, `${segment.id}${BEGUN}`);
      await rename(segment.file, file);
      await syncFolder(folder);
      Object.assign(segment, { file, begun: true });
    },
    async remove(segment) {
      await rm(segment.file, { force: true });
      bytes -= segment.bytes;
    },
    async setAside(segment) {
      bytes -= segment.bytes;
      const aside = path.join(folder, "rejected");
      await mkdir(aside, { recursive: true, mode: 0o700 });
      await rename(segment.file, path.join(aside, path.basename(segment.file)));
    },
    status: () => ({ bytes, maxBytes: options.maxBytes, lastError }),
    async close() {
      closed = true;
      sealDue = true;
      await work();
    },
  };
}

async function writeAll(handle: FileHandle, buffers: Buffer[]): Promise<void> {
  let rest = buffers.length > 1 ? Buffer.concat(buffers) : buffers[0]!;
  while (rest.length > 0) {
    const { bytesWritten } = await handle.write(rest);
    rest = rest.subarray(bytesWritten);
  }
}
