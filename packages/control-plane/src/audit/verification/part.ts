import type { Database } from "../../platform/database.ts";
import type { AuditClass } from "../record/event.ts";
import { type Chunk, checkChunk } from "./chunk.ts";
import { readPart } from "./store.ts";

/** A part of a tree; it begins with a tile. */
export type Part = { tenant: string; class: AuditClass; start: number; end: number };

/** A tile that was pruned between two statements looks broken; it no longer does when everything is read again. */
export async function checkPart(db: Database, part: Part): Promise<Chunk> {
  const check = async () =>
    checkChunk({ ...part, ...(await readPart(db, part, part.class, part.start, part.end)) });
  const chunk = await check();
  return chunk.failures.length === 0 ? chunk : check();
}
