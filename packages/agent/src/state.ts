import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { messageOf, type Refusal } from "./errors.ts";
import { writeFileAtomic } from "./files.ts";
import { desiredServiceSchema, telemetryTargetSchema } from "./model.ts";

const instanceSchema = z.object({
  service: z.string(),
  version: z.string(),
  slot: z.int(),
  fingerprint: z.string(),
  pid: z.int().nullable(),
  identity: z.string().nullable(),
  port: z.int().nullable(),
  startedAt: z.number().nullable(),
  isHealthy: z.boolean(),
  restarts: z.int(),
  drain: z
    .object({
      because: z.enum(["removed", "changed", "memory"]),
      since: z.number(),
      terminatedAt: z.number().nullable(),
    })
    .nullable(),
  /** Where the service's edge listened, so that it can be found again without the state file. */
  listenerPort: z.int().nullable(),
});

const serviceSchema = z.object({
  desired: desiredServiceSchema.nullable(),
  listenerPort: z.int().nullable(),
  segments: z.array(z.object({ version: z.string(), from: z.number(), to: z.number() })),
  instances: z.array(instanceSchema),
});

const stateSchema = z.object({
  version: z.literal(1),
  edgeId: z.string(),
  /** Stopped on purpose: nothing runs again before it is asked for. */
  stopped: z.boolean(),
  telemetry: telemetryTargetSchema.nullable(),
  services: z.record(z.string(), serviceSchema),
});

export type SavedInstance = z.infer<typeof instanceSchema>;
export type SavedService = z.infer<typeof serviceSchema>;
export type SavedState = z.infer<typeof stateSchema>;

const stateFile = (home: string) => path.join(home, "state.json");
const recordFile = (home: string, service: string, id: string) =>
  path.join(home, "instances", service, `${id}.json`);

/** Reads the state file; null when there is none. A corrupt one is moved aside and reported. */
export function readState(home: string): { state: SavedState | null; problem: Refusal | null } {
  const file = stateFile(home);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return { state: null, problem: null };
  }
  try {
    return { state: stateSchema.parse(JSON.parse(text)), problem: null };
  } catch (error) {
    const aside = moveAside(file);
    return {
      state: null,
      problem: {
        code: "state_file_corrupt",
        reason: `${file} could not be read and is now ${path.basename(aside)} (${messageOf(error).slice(0, 200)}).`,
        remedy:
          "The instances that still run were found again and go on; the control plane sends the desired state by itself.",
      },
    };
  }
}

function moveAside(file: string): string {
  const present = new Set(readdirSync(path.dirname(file)));
  let number = 1;
  while (present.has(`${path.basename(file)}.corrupt-${number}`)) number++;
  const aside = `${file}.corrupt-${number}`;
  renameSync(file, aside);
  return aside;
}

/** Writes the newest state; calls during a write share the next one. */
export function createStateWriter(home: string, current: () => SavedState): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const write = () => writeFileAtomic(stateFile(home), `${JSON.stringify(current())}\n`);
  return function save(): Promise<void> {
    if (next) return next;
    if (!running) {
      running = write().finally(() => {
        running = null;
      });
      return running;
    }
    next = running
      .catch(() => {})
      .then(() => {
        next = null;
        running = write().finally(() => {
          running = null;
        });
        return running;
      });
    return next;
  };
}

/**
 * A small file for each process, written in the same turn as its start: between a start and the next state file a
 * kill -9 of the agent would otherwise lose the process. It survives the agent, not a power cut, like the process.
 */
export function writeRecord(home: string, id: string, record: SavedInstance): void {
  const file = recordFile(home, record.service, id);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(record), { mode: 0o600 });
}

export function removeRecord(home: string, service: string, id: string): void {
  rmSync(recordFile(home, service, id), { force: true });
}

/** All records that can be read; a torn one belongs to a start that never got a pid. */
export function readRecords(home: string): SavedInstance[] {
  const root = path.join(home, "instances");
  const records: SavedInstance[] = [];
  for (const service of folderNames(root))
    for (const name of folderNames(path.join(root, service)))
      try {
        records.push(instanceSchema.parse(JSON.parse(readFileSync(path.join(root, service, name), "utf8"))));
      } catch {
        // Nothing to find again.
      }
  return records;
}

function folderNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
